"""L3114-2: the social performance condition of a concession."""

from levier.rulebook.levers.common_rows import NOT_A_CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import ALWAYS, TOO_FEW_HOURS
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L3114-2",
    title="Clause sociale d’une concession",
    article="L3114-2",
    rank=10,
    documents=("avis", "rc", "contrat"),
    source="marche-public.fr, L2112-2 et L3114-2 (2023) ; 3P, loi climat (2021)",
    rows=(
        PRIVATE_BUYER,
        NOT_A_CONCESSION,
        PACIFIC_TERRITORY,
        Row(
            "too_few_hours",
            TOO_FEW_HOURS,
            "not_applicable",
            "Clause en heures déconseillée : {hours}, sous le repère de {minimum}.",
            instead=("Prévoir une autre condition sociale liée à l’objet : formation, accueil, tarifs.",),
        ),
        Row(
            "default",
            ALWAYS,
            "recommended",
            "Les conditions d’exécution d’une concession peuvent porter sur le social et l’emploi : "
            "fixez des "
            "heures par an, revues avec le rapport annuel.",
        ),
    ),
    notes=(Note(ALWAYS, "Le concessionnaire choisit librement ses moyens."),),
)
