"""Declares the index of suppliers."""

from levier.core.search import GeoField, IndexSchema, KeywordField, TextField

# A change of the fields, or of how a row fills them (see documents.py), takes a new version: the index says
# it is outdated and asks to be rebuilt.
SCHEMA_VERSION = 8

# Counted beside the results, in this order on the page.
FACETS = (
    "shelf",
    "family",
    "kind",
    "group",
    "sector",
    "activity",
    "region",
    "departement",
    "label",
    "territory",
    "available",
    "size",
    "way",
)

# A supplier may hold several values of these; of the others, one.
SEVERAL = {"group", "sector", "label", "territory", "available", "way"}

SUPPLIER_SCHEMA = IndexSchema(
    name="suppliers",
    version=SCHEMA_VERSION,
    text=(
        TextField("name", weight=4, exact=True),
        TextField("brand", weight=4, exact=True),
        TextField("offer", weight=3),
        TextField("description", weight=1),
        TextField("place", weight=1),
        TextField("kind_words", weight=1),
    ),
    keywords=(
        KeywordField("siret", identifier=True),
        KeywordField("siren", identifier=True),
        *(KeywordField(name, facet=True, single=name not in SEVERAL) for name in FACETS),
        KeywordField("cpv"),
        # Free teams kept for a trade are of no use to another one.
        KeywordField("teams"),
        # Where it says it works (`served.py`).
        KeywordField("serves"),
        # Rev. 2 and 2025: a supplier may have both.
        KeywordField("naf"),
        *(
            KeywordField(name, single=True)
            for name in ("commune", "epci", "postal_code", "landmass", "eligible", "demo", "standing")
        ),
    ),
    geo=GeoField(landmass="landmass"),
    sort_name="name",
)
