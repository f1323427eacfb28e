"""L3113-1 to L3113-3: concessions reserved to inclusive structures."""

from levier.rulebook.levers.common_rows import NOT_A_CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import (
    ALWAYS,
    ENOUGH_SUPPLIERS,
    IS_DEFENCE,
    suppliers_at_least,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L3113-1",
    title="Réserver une concession",
    article="L3113-1 à L3113-3",
    rank=60,
    documents=("avis", "rc", "contrat"),
    source="L3113-1 et L3113-3 reproduits par french-business-law.com (vers 2023) ; outil d’achat inclusif de l’État pour "
    "L3113-2-1",
    status="to_confirm",
    rows=(
        PRIVATE_BUYER,
        NOT_A_CONCESSION,
        PACIFIC_TERRITORY,
        Row("defence", IS_DEFENCE, "not_applicable", "À ne pas envisager pour une concession de défense."),
        Row(
            "enough_suppliers",
            suppliers_at_least("insertion", ENOUGH_SUPPLIERS)
            | suppliers_at_least("handicap", ENOUGH_SUPPLIERS),
            "possible",
            "L’offre à portée (EA et ESAT : {handicap} ; SIAE : {insertion}) permet d’y penser.",
        ),
        Row(
            "supply_unknown",
            ALWAYS,
            "to_answer",
            "Possible si assez de structures savent exploiter ce service et en porter le risque.",
            rank=76,
            questions=("insertion_suppliers_in_reach", "handicap_suppliers_in_reach"),
        ),
    ),
    notes=(
        Note(ALWAYS, "Vérifiez la capacité financière : le concessionnaire porte le risque d’exploitation."),
        Note(
            ALWAYS,
            "Une seule famille, handicap ou insertion : L3113-3 interdit de réserver aux deux à la fois.",
        ),
    ),
)
