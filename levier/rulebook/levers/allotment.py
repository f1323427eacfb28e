"""L2113-10: lots of a size that inclusive structures can bear."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import ALWAYS, SEPARABLE
from levier.rulebook.levers.table import Condition, Lever, Note, Row

ALREADY_IN_LOTS = Condition("le marché est déjà en lots", lambda facts: (facts.lot_count or 0) >= 2)

LEVER = Lever(
    code="L2113-10",
    title="Allotir à la taille des structures inclusives",
    article="L2113-10",
    rank=35,
    documents=("note", "avis", "rc"),
    source="L2113-10, texte lu sur code-commande-publique.com et marche-public.fr ; usage des facilitateurs",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "separable_part",
            SEPARABLE,
            "recommended",
            "Une partie se détache : en faire un lot distinct la met à la portée d’une EA, d’un ESAT ou "
            "d’une SIAE.",
            rank=14,
        ),
        Row(
            "already_in_lots",
            ALREADY_IN_LOTS,
            "recommended",
            "Le marché est alloti : choisissez les lots riches en main-d’œuvre, laissez les lots "
            "techniques ou "
            "courts sans clause.",
        ),
        Row(
            "default",
            ALWAYS,
            "recommended",
            "Un lot distinct, à leur taille, permet aux structures inclusives de répondre seules ou à "
            "plusieurs.",
        ),
    ),
    notes=(Note(ALWAYS, "Chaque lot se calibre à part ; le seuil européen, lui, se lit sur tous les lots."),),
)
