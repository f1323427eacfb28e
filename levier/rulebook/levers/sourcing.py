"""R2111-1: talking to suppliers before the consultation."""

from levier.rulebook.levers.common_rows import CONCESSION, DIRECT_PURCHASE_IS_SIMPLER, PRIVATE_BUYER
from levier.rulebook.levers.conditions import ALWAYS, ENOUGH_SUPPLIERS, suppliers_at_least
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="R2111-1",
    title="Sourcing : rencontrer les structures avant de lancer",
    article="R2111-1",
    rank=58,
    documents=("note",),
    source="R2111-1, texte lu sur marche-public.fr et La Lettre des marchés publics (n° 118, février 2023), le 26 novembre 2026 ; "
    "délai : usage des facilitateurs",
    rows=(
        PRIVATE_BUYER,
        CONCESSION,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "enough_known",
            suppliers_at_least("insertion", ENOUGH_SUPPLIERS)
            | suppliers_at_least("handicap", ENOUGH_SUPPLIERS),
            "possible",
            "L’offre à portée est connue : un échange avec quelques structures sert surtout à régler la "
            "taille des "
            "lots et les délais.",
            rank=80,
        ),
        Row(
            "default",
            ALWAYS,
            "recommended",
            "Consultez structures et réseaux trois à quatre mois avant le lancement : ils disent ce "
            "qu’ils peuvent "
            "porter.",
        ),
    ),
    notes=(
        Note(
            ALWAYS,
            "Donnez la même information à tous et gardez-en la trace : ce que l’échange apprend sert, sans fausser la concurrence (R2111-1).",
        ),
    ),
)
