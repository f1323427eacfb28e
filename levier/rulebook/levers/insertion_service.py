"""R2123-1: insertion itself is the object, the works being its support."""

from levier.rulebook.levers.common_rows import PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import (
    ABOVE_EU,
    ALWAYS,
    BELOW_DIRECT_PURCHASE,
    IS_SUPPLIES,
    SUITS_INSERTION_PROJECT,
    suppliers_at_least,
    suppliers_known,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="R2123-1",
    title="Acheter une prestation d’insertion (chantier d’insertion)",
    article="R2123-1",
    rank=30,
    documents=("rc", "cctp"),
    source="marche-public.info, services sociaux R2123-1 ; grafie.org",
    rows=(
        *PUBLIC_CONTRACT,
        Row(
            "supplies",
            IS_SUPPLIES,
            "not_applicable",
            "Des fournitures ne servent pas de support à un chantier d’insertion.",
        ),
        Row(
            "no_supplier",
            suppliers_known("insertion") & ~suppliers_at_least("insertion", 1),
            "not_applicable",
            "Aucune structure d’insertion de ce métier à portée pour porter un chantier.",
        ),
        Row(
            "small_other_trade",
            BELOW_DIRECT_PURCHASE & ~SUITS_INSERTION_PROJECT,
            "not_applicable",
            "Ce métier se prête mal à un chantier d’insertion, et l’achat direct suffit sous {direct}.",
        ),
        Row(
            "suited_trade",
            SUITS_INSERTION_PROJECT & ~ABOVE_EU,
            "possible",
            "Ce métier peut servir de support à un chantier d’insertion : procédure adaptée quel que soit le "
            "montant, l’objet étant l’insertion elle-même.",
        ),
        Row(
            "other_trade",
            ALWAYS,
            "possible",
            "Seulement si l’insertion est l’objet réel du contrat et les travaux son simple support.",
            rank=85,
        ),
    ),
    notes=(
        Note(
            ALWAYS,
            "Délais plus longs et assurances à vérifier tôt avec la structure (décennale pour du bâti).",
        ),
        Note(ALWAYS, "N’y ajoutez pas de clause en heures : l’objet est déjà l’insertion."),
    ),
)
