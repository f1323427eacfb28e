"""Which static files of our packages are worth hashing, compressing and serving: the ones a page asks for."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Django's static files without what no page uses (sources, maps, other versions, right-to-left sheets)."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "*.map",
        "*.rtl.*",
        "bootstrap-*.css",
        "bootstrap.css",
        "bootstrap.*js",
        "bootstrap.js",
        "scss",
        "draw",
        "leaflet-src.js",
        "leaflet.extras.*",
        "leaflet.forms.js",
        "Control.MiniMap.*",
        "proj4*",
        "htmx-2*",
        "htmax*",
        "htmx-4.js",
        "ext",
    ]
