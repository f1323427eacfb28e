"""L3124-5: the social award criterion of a concession."""

from levier.rulebook.levers.award_criterion import ENVIRONMENT_CRITERION, GENERAL_POLICY
from levier.rulebook.levers.common_rows import NOT_A_CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import ALWAYS, ENVIRONMENT_IS_DUE
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L3124-5",
    title="Critère social d’une concession",
    article="L3124-5",
    rank=50,
    documents=("avis", "rc"),
    source="marche-public.fr (2023) ; 3P, loi climat (2021)",
    rows=(
        PRIVATE_BUYER,
        NOT_A_CONCESSION,
        PACIFIC_TERRITORY,
        Row(
            "default",
            ALWAYS,
            "possible",
            "Un critère peut noter l’insertion proposée dans l’exploitation du service.",
        ),
    ),
    notes=(Note(ALWAYS, GENERAL_POLICY), Note(ENVIRONMENT_IS_DUE, ENVIRONMENT_CRITERION)),
)
