"""R2122-8: the purchase without publicity or competition, the small buyer's main lever."""

from levier.rulebook.levers.common_rows import PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import (
    ABOVE_DIRECT_PURCHASE,
    ALWAYS,
    AMOUNT_UNKNOWN,
    BELOW_DIRECT_PURCHASE,
    IS_CATERING,
    IS_SMALL_BUYER,
    IS_WORKS,
    KIND_UNKNOWN,
    LAUNCH_UNKNOWN,
)
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.table import Condition, Lever, Note, Row


def _nobody(facts: Facts) -> bool:
    return facts.insertion_suppliers_in_reach == 0 and facts.handicap_suppliers_in_reach == 0


NOBODY_IN_REACH = Condition("aucune structure inclusive de ce métier n’est à portée", _nobody)

LEVER = Lever(
    code="R2122-8",
    title="Achat direct à une structure inclusive",
    article="R2122-8",
    rank=2,
    documents=("lettre", "note"),
    source="décret 2025-1386 du 29 décembre 2025",
    rows=(
        *PUBLIC_CONTRACT,
        Row(
            "amount_unknown",
            AMOUNT_UNKNOWN,
            "to_answer",
            "Possible sous {direct} : donnez le montant du besoin entier.",
            rank=25,
            questions=("need_amount_ht",),
        ),
        Row(
            "above_threshold",
            ABOVE_DIRECT_PURCHASE,
            "not_applicable",
            "Le besoin entier ({amount}) atteint le seuil de l’achat direct ({direct}).",
        ),
        Row(
            "nobody_in_reach",
            BELOW_DIRECT_PURCHASE & NOBODY_IN_REACH,
            "possible",
            "Le besoin ({amount}) est sous {direct}, mais aucune structure inclusive de ce métier n’est "
            "connue {reach} : cherchez plus loin, un achat direct n’a pas de rayon, ou appelez le facilitateur.",
        ),
        Row(
            "below_threshold",
            BELOW_DIRECT_PURCHASE,
            "recommended",
            "Le besoin entier ({amount}) est sous {direct} : vous pouvez commander sans publicité ni mise en "
            "concurrence, donc directement à une EA, un ESAT ou une structure d’insertion.",
        ),
        Row(
            "kind_unknown",
            KIND_UNKNOWN,
            "to_answer",
            "Le seuil dépend de l’objet ({direct}) : dites s’il s’agit de travaux, de fournitures ou de "
            "services.",
            rank=25,
            questions=("contract_kind",),
        ),
        Row(
            "date_unknown",
            ALWAYS,
            "to_answer",
            "Le seuil en vigueur au lancement n’est pas connu.",
            rank=25,
            questions=("launch_date",),
        ),
    ),
    notes=(
        Note(
            ALWAYS,
            "Ne découpez pas le besoin pour rester sous le seuil : additionnez les achats de même "
            "nature, sur "
            "l’année ou l’opération.",
        ),
        Note(
            ALWAYS,
            "Choisissez une offre pertinente, employez bien les deniers publics et ne prenez pas "
            "toujours le même "
            "fournisseur : sollicitez-en plusieurs tour à tour.",
        ),
        Note(
            IS_SMALL_BUYER,
            "Petite commune : le facilitateur du département aide à trouver la structure et à écrire la "
            "demande.",
        ),
        Note(
            IS_CATERING,
            "Prestation à date fixe : vérifiez la capacité de la structure le jour dit, et additionnez "
            "toutes les "
            "réceptions de l’année.",
        ),
        Note(
            IS_WORKS,
            "Travaux : demandez tôt l’assurance décennale s’il y a du bâti, et comptez un délai plus long.",
        ),
        Note(
            LAUNCH_UNKNOWN,
            "Seuil lu à sa dernière version, faute de date de lancement : 60 000 € depuis le 1er avril 2026 "
            "(fournitures, services), 100 000 € depuis le 1er janvier 2026 (travaux).",
        ),
    ),
)
