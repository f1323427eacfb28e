"""L2113-15 and L2113-16: listed social and other specific services reserved to the social economy."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import (
    ALWAYS,
    IS_RESERVABLE_TO_ESS,
    IS_UTILITY,
    MAY_BE_SOCIAL_SERVICE,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L2113-15",
    title="Réserver un lot aux entreprises de l’économie sociale et solidaire",
    article="L2113-15, L2113-16",
    rank=34,
    documents=("avis", "rc"),
    source="voie95.fr ; memoire-technique.net, marchés réservés ; La Gazette (2019)",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "utility",
            IS_UTILITY,
            "not_applicable",
            "Cette réservation est ouverte aux pouvoirs adjudicateurs : vérifiez si vous en êtes un par "
            "ailleurs.",
            status="to_confirm",
        ),
        Row(
            "listed_service",
            IS_RESERVABLE_TO_ESS,
            "possible",
            "Services sociaux et autres services spécifiques listés : un lot fait uniquement de ces "
            "services peut être réservé à l’ESS.",
        ),
        Row(
            "maybe_listed",
            MAY_BE_SOCIAL_SERVICE,
            "to_answer",
            "Possible si la prestation figure dans la liste annexée au code.",
            rank=75,
            questions=("is_social_service",),
        ),
        Row(
            "not_listed",
            ALWAYS,
            "not_applicable",
            "Réservé aux services sociaux et autres services spécifiques de la liste annexée au code.",
        ),
    ),
    notes=(
        Note(
            ALWAYS, "Le lot ne contient que des services listés, et relève d’une mission de service public."
        ),
        Note(
            ALWAYS,
            "Trois ans au plus, et pas d’attribution du même service au même titulaire dans les trois ans "
            "(durée à confirmer).",
        ),
    ),
)
