"""L2691-1: overseas, a share of the hours for young people of the territory."""

from levier.rulebook.levers.common_rows import PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import (
    ALWAYS,
    BELOW_DIRECT_PURCHASE,
    IS_OVERSEAS,
    TOO_FEW_HOURS,
    YOUTH_RATIO_LOW,
    YOUTH_RATIO_UNKNOWN,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L2691-1",
    title="Outre-mer : une part des heures pour les jeunes du territoire",
    article="L2691-1, R2691-1",
    rank=18,
    documents=("avis", "rc", "ccap"),
    source="L2691-1 et R2691-1 reproduits par french-business-law.com (vers 2023)",
    status="to_confirm",
    rows=(
        *PUBLIC_CONTRACT,
        Row(
            "not_overseas",
            ~IS_OVERSEAS,
            "not_applicable",
            "Réservé à la Guadeloupe, la Guyane, la Martinique, La Réunion, Mayotte, Saint-Barthélemy, "
            "Saint-Martin et Saint-Pierre-et-Miquelon.",
        ),
        Row("small_need", BELOW_DIRECT_PURCHASE, "not_applicable", "Sous {direct}, l’achat direct suffit."),
        Row(
            "too_few_hours",
            TOO_FEW_HOURS,
            "not_applicable",
            "Trop peu d’heures ({hours}) pour en réserver une part.",
        ),
        Row(
            "ratio_unknown",
            YOUTH_RATIO_UNKNOWN,
            "to_answer",
            "Possible si le chômage des moins de 25 ans atteint une fois et demie le taux national.",
            questions=("youth_unemployment_ratio",),
        ),
        Row(
            "ratio_low",
            YOUTH_RATIO_LOW,
            "not_applicable",
            "Le chômage des jeunes du territoire n’atteint pas une fois et demie le taux national.",
        ),
        Row(
            "open",
            ALWAYS,
            "possible",
            "Vous pouvez demander qu’au moins 30 % des heures soient faites par des jeunes de moins de "
            "25 ans "
            "domiciliés dans le territoire.",
        ),
    ),
    notes=(Note(ALWAYS, "C’est une exception : ailleurs, exiger des habitants du lieu n’est pas permis."),),
)
