"""L2112-2-1: the social condition that contracts above the European thresholds must hold."""

from levier.rulebook.levers.common_rows import CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import (
    ALWAYS,
    BELOW_EU,
    BELOW_SOCIAL_THRESHOLD,
    EU_UNKNOWN,
    IS_DEFENCE,
    LAUNCH_UNKNOWN,
    ONLY_LOT_BELOW_EU,
    ONLY_MAXIMUM_ABOVE_EU,
    SHORT_WORKS,
    launched_before,
)
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.obligations import social_condition
from levier.rulebook.levers.table import Lever, Note, Obligation, Row


def _obligation(facts: Facts) -> Obligation | None:
    return social_condition(facts)


LEVER = Lever(
    code="L2112-2-1",
    title="Condition sociale obligatoire au-dessus des seuils européens",
    article="L2112-2-1",
    rank=5,
    documents=("avis", "rc", "ccap", "note"),
    source="décret 2022-767 du 2 mai 2022 ; loi 2021-1104 du 22 août 2021, article 35",
    obligation=_obligation,
    rows=(
        PRIVATE_BUYER,
        CONCESSION,
        PACIFIC_TERRITORY,
        Row(
            "defence",
            IS_DEFENCE,
            "not_applicable",
            "Les marchés de défense ou de sécurité sont hors de cette obligation (fiche de la DAJ, 2021).",
        ),
        Row(
            "launched_before",
            launched_before("L2112-2-1"),
            "not_applicable",
            "La consultation lancée le {launch} précède l’entrée en vigueur, le 21 août 2026.",
        ),
        Row(
            "below_threshold",
            BELOW_EU,
            "not_applicable",
            "Le besoin entier ({amount}) reste sous le seuil européen ({eu}) : pas d’obligation.",
        ),
        Row(
            "facts_missing",
            EU_UNKNOWN,
            "to_answer",
            "Obligation possible : il manque de quoi comparer le besoin entier ({amount}) au seuil "
            "européen ({eu}).",
            rank=45,
            questions=("need_amount_ht", "contract_kind", "buyer_kind"),
        ),
        Row(
            "launch_unknown",
            LAUNCH_UNKNOWN,
            "to_answer",
            "Le besoin entier ({amount}) atteint le seuil européen ({eu}) : la condition est obligatoire "
            "si la "
            "consultation est lancée à partir du 21 août 2026.",
            rank=6,
            questions=("launch_date",),
        ),
        Row(
            "social_service",
            BELOW_SOCIAL_THRESHOLD,
            "to_answer",
            "Les services sociaux et autres services spécifiques ont leur propre seuil européen, plus haut "
            "(750 000 € pour un pouvoir adjudicateur) : que l’obligation suive ce seuil est à vérifier avec votre "
            "juriste.",
            rank=45,
            questions=("is_social_service",),
            status="to_confirm",
        ),
        Row(
            "framework_maximum",
            ONLY_MAXIMUM_ABOVE_EU,
            "required",
            "L’estimé ({need}) est sous le seuil européen ({eu}), mais le maximum ({maximum}) l’atteint "
            ": prévoyez "
            "la condition sociale.",
            warnings=(
                "La valeur d’un accord-cadre se lit sur son maximum (R2121-8) ; que cet article-ci suive la même "
                "lecture est à confirmer avec votre juriste.",
            ),
            status="to_confirm",
        ),
        Row(
            "lot_below_threshold",
            ONLY_LOT_BELOW_EU,
            "required",
            "Le lot ({lot}) est sous le seuil européen ({eu}), mais le besoin entier ({amount}) "
            "l’atteint, et c’est "
            "lui qui compte.",
            warnings=("Compter tous les lots est l’usage ; le texte est à confirmer avec votre juriste.",),
            status="to_confirm",
        ),
        Row(
            "above_threshold",
            ALWAYS,
            "required",
            "Le besoin entier ({amount}) atteint le seuil européen ({eu}) et la consultation est lancée "
            "à partir du "
            "21 août 2026 : une condition sociale ou d’emploi est obligatoire.",
        ),
    ),
    notes=(
        Note(
            ALWAYS,
            "La condition porte sur le domaine social ou l’emploi : des heures d’insertion y répondent, "
            "d’autres "
            "conditions liées à l’objet aussi.",
        ),
        Note(
            ALWAYS,
            "Seul l’acheteur décide d’une dérogation, parmi quatre cas, et en écrit les motifs. Le "
            "libellé exact "
            "des cas est à confirmer avant tout envoi au juriste.",
        ),
        Note(
            ALWAYS,
            "Aucun texte lu n’écarte l’obligation pour un lot ou un marché réservé.",
        ),
        Note(
            SHORT_WORKS,
            "Travaux de moins de six mois : c’est l’un des cas de dérogation rapportés, libellé à confirmer.",
        ),
    ),
)
