"""L2113-14: one lot reserved together to disability and insertion structures."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT, TAKEOVER_RATIO
from levier.rulebook.levers.conditions import ALWAYS, ENOUGH_SUPPLIERS
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.table import Condition, Lever, Note, Row


def _both_known(facts: Facts) -> bool:
    return facts.handicap_suppliers_in_reach is not None and facts.insertion_suppliers_in_reach is not None


def _together(facts: Facts) -> int:
    return (facts.handicap_suppliers_in_reach or 0) + (facts.insertion_suppliers_in_reach or 0)


BOTH_KNOWN = Condition("l’offre des deux familles est connue", _both_known)
ENOUGH_TOGETHER = Condition(
    "les deux familles réunies forment une offre large", lambda facts: _together(facts) >= ENOUGH_SUPPLIERS
)
EACH_PRESENT = Condition(
    "les deux familles sont présentes",
    lambda facts: bool(facts.handicap_suppliers_in_reach) and bool(facts.insertion_suppliers_in_reach),
)

LEVER = Lever(
    code="L2113-14",
    title="Réserver un lot ensemble aux EA, ESAT et SIAE",
    article="L2113-14",
    rank=33,
    documents=("avis", "rc"),
    source="code-commande-publique.com, réservation L2113-12 et suivants ; voie95.fr",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "supply_unknown",
            ~BOTH_KNOWN,
            "to_answer",
            "Possible si les deux familles de structures de ce métier sont à portée.",
            rank=74,
            questions=("handicap_suppliers_in_reach", "insertion_suppliers_in_reach"),
        ),
        Row(
            "one_family_only",
            ~EACH_PRESENT,
            "not_applicable",
            "Une seule famille de structures est présente : une réservation simple suffit.",
        ),
        Row(
            "wide_together",
            ENOUGH_TOGETHER,
            "possible",
            "Réunies, les deux familles forment une offre large (EA et ESAT : {handicap} ; SIAE : "
            "{insertion}).",
        ),
        Row(
            "few_together",
            ALWAYS,
            "possible",
            "Même réunies, les structures sont peu nombreuses (EA et ESAT : {handicap} ; SIAE : "
            "{insertion}) : "
            "sourcing d’abord.",
            rank=63,
        ),
    ),
    notes=(
        TAKEOVER_RATIO,
        Note(
            ALWAYS,
            "Le même lot ne peut pas être réservé aussi au travail pénitentiaire (L2113-14 exclut "
            "L2113-13-1).",
        ),
    ),
)
