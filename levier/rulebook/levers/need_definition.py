"""L2111-1: the social dimension is weighed when the need is defined."""

from levier.rulebook.levers.common_rows import CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import ALWAYS
from levier.rulebook.levers.table import Lever, Row

LEVER = Lever(
    code="L2111-1",
    title="Définir le besoin avec sa dimension sociale",
    article="L2111-1",
    rank=90,
    documents=("note",),
    source="code-commande-publique.com, L2111-1",
    rows=(
        PRIVATE_BUYER,
        CONCESSION,
        PACIFIC_TERRITORY,
        Row(
            "always",
            ALWAYS,
            "required",
            "Tout acheteur public prend en compte le développement durable, dont sa dimension sociale, "
            "quand il "
            "définit son besoin : gardez une trace de cette analyse dans le dossier.",
        ),
    ),
)
