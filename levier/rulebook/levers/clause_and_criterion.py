"""L2112-2 with R2152-7: a minimum written in the clause, the quality of insertion scored."""

from levier.rulebook.levers.award_criterion import GENERAL_POLICY
from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import ABOVE_EU, ALWAYS, ENOUGH_HOURS
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L2112-2_R2152-7",
    title="Clause et critère ensemble",
    article="L2112-2, R2152-7",
    rank=55,
    documents=("avis", "rc", "ccap", "ae"),
    source="Le Moniteur, Loquet (2013) ; nosdeputes.fr 14/500608 (2014)",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "large_contract",
            ENOUGH_HOURS & ABOVE_EU,
            "possible",
            "Adapté aux grands marchés : un minimum d’heures dans la clause ({hours}), la qualité des "
            "parcours ou "
            "l’effort en plus notés par le critère.",
            rank=30,
        ),
        Row(
            "enough_hours",
            ENOUGH_HOURS,
            "possible",
            "Possible : le minimum d’heures dans la clause, la qualité des parcours dans le critère. "
            "Rien n’oblige "
            "à lier les deux.",
        ),
        Row(
            "no_clause_volume",
            ALWAYS,
            "not_applicable",
            "Sans volume d’heures assuré, ce montage alourdit la consultation sans rien apporter.",
        ),
    ),
    notes=(Note(ALWAYS, GENERAL_POLICY),),
)
