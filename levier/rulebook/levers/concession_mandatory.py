"""L3114-2-1 (number to confirm): the social condition that large concessions must hold."""

from levier.rulebook.levers.common_rows import NOT_A_CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import (
    ALWAYS,
    BELOW_EU,
    EU_UNKNOWN,
    IS_DEFENCE,
    LAUNCH_UNKNOWN,
    launched_before,
)
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.obligations import social_condition
from levier.rulebook.levers.table import Lever, Note, Obligation, Row


def _obligation(facts: Facts) -> Obligation | None:
    return social_condition(facts)


LEVER = Lever(
    code="L3114-2-1",
    title="Condition sociale obligatoire des grandes concessions",
    article="L3114-2-1, numéro à confirmer",
    rank=5,
    documents=("avis", "rc", "contrat", "note"),
    source="loi 2021-1104 du 22 août 2021, article 35-V ; décret 2022-767",
    status="to_confirm",
    obligation=_obligation,
    rows=(
        PRIVATE_BUYER,
        NOT_A_CONCESSION,
        PACIFIC_TERRITORY,
        Row(
            "defence", IS_DEFENCE, "not_applicable", "Les concessions de défense ou de sécurité sont exclues."
        ),
        Row(
            "launched_before",
            launched_before("L3114-2-1"),
            "not_applicable",
            "La consultation lancée le {launch} précède l’entrée en vigueur, le 21 août 2026.",
        ),
        Row("below_threshold", BELOW_EU, "not_applicable", "La valeur estimée ({amount}) est sous {eu}."),
        Row(
            "amount_unknown",
            EU_UNKNOWN,
            "to_answer",
            "Obligation possible à partir de {eu} : donnez la valeur estimée.",
            rank=45,
            questions=("need_amount_ht",),
        ),
        Row(
            "launch_unknown",
            LAUNCH_UNKNOWN,
            "to_answer",
            "Obligatoire si la consultation est lancée à partir du 21 août 2026.",
            rank=6,
            questions=("launch_date",),
        ),
        Row(
            "above_threshold",
            ALWAYS,
            "required",
            "La valeur estimée ({amount}) atteint {eu} : une condition sociale ou d’emploi est obligatoire.",
        ),
    ),
    notes=(
        Note(ALWAYS, "Deux cas de dérogation seulement ; les motifs se gardent par tout moyen approprié."),
    ),
)
