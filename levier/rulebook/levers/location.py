"""L2112-4: the means of performance located in the European Union, for social or environmental reasons."""

from levier.rulebook.levers.common_rows import PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import ALWAYS, BELOW_DIRECT_PURCHASE
from levier.rulebook.levers.table import Lever, Row

LEVER = Lever(
    code="L2112-4",
    title="Moyens situés dans l’Union européenne",
    article="L2112-4",
    rank=95,
    documents=("ccap",),
    source="Inser’Eco93, insertion condition d’exécution",
    rows=(
        *PUBLIC_CONTRACT,
        Row(
            "small_need",
            BELOW_DIRECT_PURCHASE,
            "not_applicable",
            "Sans intérêt pour un achat sous {direct}.",
        ),
        Row(
            "rare",
            ALWAYS,
            "possible",
            "Rare : l’acheteur peut exiger que les moyens soient situés dans l’Union européenne pour des "
            "raisons "
            "sociales ou environnementales. Cela ne permet aucune préférence communale ou régionale.",
        ),
    ),
)
