"""L2113-13-1: the contract or lots reserved to operators working in prison."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import (
    ALWAYS,
    FEW_SUPPLIERS,
    launched_before,
    suppliers_at_least,
    suppliers_known,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L2113-13-1",
    title="Réserver un lot au travail pénitentiaire",
    article="L2113-13-1, R2113-7",
    rank=78,
    documents=("avis", "rc"),
    source="marche-public.fr, Marchés réservés ; ordonnance 2022-1336 ; décret 2022-1683",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "launched_before",
            launched_before("L2113-13-1"),
            "not_applicable",
            "Cette réservation n’existe que depuis le 20 octobre 2022.",
        ),
        Row(
            "no_supplier",
            suppliers_known("prison") & ~suppliers_at_least("prison", 1),
            "not_applicable",
            "Aucun atelier pénitentiaire connu à portée pour ce besoin.",
        ),
        Row(
            "suppliers",
            suppliers_at_least("prison", FEW_SUPPLIERS),
            "possible",
            "Des opérateurs pénitentiaires peuvent répondre ({prison}) : un lot réservé est possible.",
            rank=64,
        ),
        Row(
            "supply_unknown",
            ALWAYS,
            "to_answer",
            "Possible pour un besoin qu’un atelier pénitentiaire sait produire : à vérifier avec les "
            "opérateurs.",
            questions=("prison_suppliers_in_reach",),
        ),
    ),
    notes=(
        Note(ALWAYS, "Au moins 50 % des personnes employées sont détenues (décret 2022-1683)."),
        Note(ALWAYS, "Jamais sur le même lot qu’une réservation aux EA, ESAT ou SIAE (L2113-14)."),
    ),
)
