"""Addresses of the pages that belong to no room."""

from django.urls import path

from levier.portal import portfolio, regional_views, sitemaps, territory_views, views, widget_views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("fournisseurs/<slug:slug>/marches", views.won_contracts, name="won_contracts"),
    path("accessibilite", views.accessibility, name="accessibility"),
    path("mentions-legales", views.legal, name="legal"),
    path("donnees-personnelles", views.privacy, name="privacy"),
    path("composants", views.components, name="components"),
    path("sante", views.health, name="health"),
    path("mon-portefeuille/courriel", portfolio.mail_again, name="mail_again"),
    path("mon-portefeuille", portfolio.page, name="portfolio"),
    path("territoires", territory_views.index, name="territories"),
    path("territoires/<slug:kind>/<slug:end>", territory_views.territory, name="territory"),
    path("portails", regional_views.index, name="regionals"),
    path("portails/<slug:slug>", regional_views.portal, name="regional"),
    path("portails/<slug:slug>/fournisseurs", regional_views.search, name="regional_search"),
    path(
        "portails/<slug:slug>/fournisseurs/export.<str:form>", regional_views.export, name="regional_export"
    ),
    path("portails/<slug:slug>/fournisseurs/carte.geojson", regional_views.chart, name="regional_chart"),
    path("portails/<slug:slug>/agenda.<str:form>", regional_views.calendar, name="regional_calendar"),
    path(
        "portails/<slug:slug>/evenements/<int:pk>.ics",
        regional_views.event_calendar,
        name="regional_event_calendar",
    ),
    path("portails/<slug:slug>/evenements/<slug:end>", regional_views.event, name="regional_event"),
    path(
        "portails/<slug:slug>/image/<slug:name>-<str:size>.jpg",
        regional_views.picture,
        name="regional_image",
    ),
    path("widget", widget_views.frame, name="widget"),
    path("widget/<slug:slug>", widget_views.frame, name="widget_of"),
    path("mettre-la-recherche-sur-votre-site", widget_views.embed, name="embed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/<slug:family>-<int:number>.xml", sitemaps.part, name="sitemap_part"),
    path("robots.txt", views.robots, name="robots"),
    path("carte/departements.geojson", views.outlines, name="outlines"),
]
