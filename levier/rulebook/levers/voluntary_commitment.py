"""The private equivalent of the clause: an insertion commitment written in the contract."""

from levier.rulebook.levers.conditions import (
    ALWAYS,
    HAS_PROGRAMME,
    HOURS_UNKNOWN,
    IS_PRIVATE,
    TAKEOVER_OPEN,
    TOO_FEW_HOURS,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="EVI",
    title="Engagement volontaire d’insertion",
    article="contrat privé : code civil, liberté contractuelle",
    rank=10,
    documents=("annexe",),
    source="propositions d’employeurs sur l’engagement volontaire d’insertion",
    rows=(
        Row(
            "public_buyer",
            ~IS_PRIVATE,
            "not_applicable",
            "Propre aux acheteurs privés : voir la clause sociale.",
        ),
        Row(
            "too_few_hours",
            TOO_FEW_HOURS,
            "not_applicable",
            "Trop peu d’heures ({hours}, repère {minimum}) pour un parcours.",
            instead=("Commander directement une partie à une structure inclusive.",),
        ),
        Row(
            "takeover_question",
            TAKEOVER_OPEN,
            "to_answer",
            "Ce métier reprend souvent le personnel en place : dites-le avant de fixer un objectif d’heures.",
            rank=20,
            questions=("has_staff_takeover",),
        ),
        Row(
            "hours_unknown",
            HOURS_UNKNOWN,
            "possible",
            "Un objectif d’heures peut être convenu avec l’entreprise, une fois le calibrage fait.",
            rank=20,
            questions=("hours",),
        ),
        Row(
            "default",
            ALWAYS,
            "recommended",
            "Convenez d’un objectif de {hours} avec l’entreprise : mêmes publics, mêmes preuves qu’une "
            "clause, et "
            "une contrepartie financière seulement si vous la souhaitez.",
        ),
    ),
    notes=(
        Note(
            HAS_PROGRAMME,
            "Programme {programme} : la collectivité ou le financeur peut vous demander cet engagement.",
        ),
    ),
)
