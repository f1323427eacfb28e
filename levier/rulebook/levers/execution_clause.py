"""L2112-2: the social performance condition, the default lever of labour-rich contracts."""

from levier.rulebook.levers.common_rows import CONCESSION, PACIFIC_TERRITORY, PRIVATE_BUYER
from levier.rulebook.levers.conditions import (
    ALWAYS,
    BELOW_DIRECT_PURCHASE,
    ENOUGH_HOURS,
    ENVIRONMENT_IS_DUE,
    HAS_PROGRAMME,
    HOURS_UNKNOWN,
    IS_DEFENCE,
    IS_FRAMEWORK,
    IS_MANDATORY,
    IS_OVERSEAS,
    IS_SCHOOL_WORKS,
    IS_SUPPLIES,
    MAXIMUM_UNKNOWN,
    MAY_TAKE_OVER,
    TAKEOVER_OPEN,
    TOO_FEW_HOURS,
    is_mandatory,
)
from levier.rulebook.levers.facts import Facts
from levier.rulebook.levers.obligations import social_condition
from levier.rulebook.levers.table import Lever, Note, Obligation, Row

_INSTEAD = (
    "Commander directement à une structure inclusive si le besoin est sous {direct} (R2122-8).",
    "Détacher une partie en lot, et la réserver si l’offre existe (L2113-10, L2113-12, L2113-13).",
    "Faire de l’insertion l’objet même du marché si le métier s’y prête (R2123-1).",
)


def _obligation(facts: Facts) -> Obligation | None:
    return social_condition(facts) if is_mandatory(facts) else None


LEVER = Lever(
    code="L2112-2",
    title="Clause sociale d’insertion (condition d’exécution)",
    article="L2112-2",
    rank=10,
    documents=("avis", "rc", "ccap", "ae"),
    source="marche-public.fr, L2112-2 (2023) ; UDAIM Moselle",
    obligation=_obligation,
    rows=(
        PRIVATE_BUYER,
        CONCESSION,
        PACIFIC_TERRITORY,
        Row(
            "defence",
            IS_DEFENCE,
            "possible",
            "En défense ou sécurité, l’acheteur peut prévoir une condition sociale, sans y être obligé "
            "(L2312-1-1).",
            rank=40,
        ),
        Row(
            "mandatory_without_hours",
            IS_MANDATORY & TOO_FEW_HOURS,
            "recommended",
            "Une condition sociale est obligatoire, mais {hours} ne font pas un parcours (repère : "
            "{minimum}). "
            "Choisissez une autre condition liée à l’objet : formation, égalité, lutte contre les "
            "discriminations, sous-traitance à une structure inclusive.",
        ),
        Row(
            "too_few_hours_takeover",
            TOO_FEW_HOURS & MAY_TAKE_OVER,
            "not_applicable",
            "Clause en heures déconseillée : le personnel repris occupe déjà les postes, il ne resterait que "
            "{hours}, sous le repère de {minimum}.",
            instead=_INSTEAD,
        ),
        Row(
            "too_few_hours",
            TOO_FEW_HOURS,
            "not_applicable",
            "Clause en heures déconseillée : {hours}, sous le repère de {minimum}. C’est trop peu pour "
            "un parcours.",
            instead=_INSTEAD,
        ),
        Row(
            "takeover_question",
            TAKEOVER_OPEN,
            "to_answer",
            "Ce métier reprend souvent le personnel en place : tant que la réponse manque, le volume "
            "d’heures va "
            "de zéro à son maximum.",
            rank=20,
            questions=("has_staff_takeover",),
        ),
        Row(
            "small_need_without_hours",
            BELOW_DIRECT_PURCHASE & HOURS_UNKNOWN,
            "not_applicable",
            "Sous {direct}, passez plutôt commande à une structure inclusive : c’est plus simple et plus "
            "utile "
            "qu’une clause.",
            instead=_INSTEAD[:1],
        ),
        Row(
            "small_need",
            BELOW_DIRECT_PURCHASE & ENOUGH_HOURS,
            "possible",
            "Le volume ({hours}) permettrait une clause, mais sous {direct} l’achat direct est plus simple.",
            rank=40,
        ),
        Row(
            "framework",
            IS_FRAMEWORK & ENOUGH_HOURS,
            "recommended",
            "Levier de base d’un accord-cadre riche en main-d’œuvre : fixez les heures par tranche de "
            "montant "
            "commandé, calibrées sur l’estimé et non sur le maximum ({hours} sur l’estimé).",
            warnings=(
                "Globalisez les heures des petites commandes : elles ne portent pas un parcours seules.",
            ),
        ),
        Row(
            "enough_hours",
            ENOUGH_HOURS,
            "recommended",
            "Levier de base d’un marché riche en main-d’œuvre : {hours} d’insertion, de quoi porter un "
            "parcours. "
            "Il ne change pas le choix de l’attributaire.",
        ),
        Row(
            "supplies",
            IS_SUPPLIES & HOURS_UNKNOWN,
            "possible",
            "Des fournitures portent peu d’heures sur place : une clause ne se justifie que s’il y a pose, "
            "livraison ou maintenance.",
            rank=65,
            questions=("hours",),
        ),
        Row(
            "hours_unknown",
            HOURS_UNKNOWN,
            "to_answer",
            "Levier de base, à condition que le calibrage donne au moins {minimum} pour le lot.",
            rank=20,
            questions=("hours",),
        ),
        Row(
            "around_the_minimum",
            ALWAYS,
            "to_answer",
            "Le calibrage donne {hours}, de part et d’autre du repère de {minimum} : le facilitateur "
            "tranche avec "
            "vous.",
            rank=20,
            questions=("hours",),
        ),
    ),
    notes=(
        Note(
            ~BELOW_DIRECT_PURCHASE,
            "Raisonnez lot par lot : un lot technique, court ou pauvre en main-d’œuvre n’a pas besoin de "
            "clause.",
        ),
        Note(
            ~BELOW_DIRECT_PURCHASE,
            "L’entreprise choisit librement ses moyens (embauche, mise à disposition, sous-traitance) : "
            "n’imposez "
            "ni une structure, ni un CDI, ni des habitants d’une commune.",
        ),
        Note(
            ~BELOW_DIRECT_PURCHASE,
            "La clause doit être annoncée dans l’avis ou dans les documents de la consultation.",
        ),
        Note(
            ENVIRONMENT_IS_DUE & ~BELOW_DIRECT_PURCHASE,
            "Depuis le 21 août 2026, les conditions d’exécution prennent aussi en compte l’environnement (L2112-2) : "
            "cette clause n’y répond pas.",
        ),
        Note(
            IS_SCHOOL_WORKS,
            "École, collège ou lycée : des travaux limités aux vacances scolaires laissent peu de "
            "semaines pour un "
            "parcours.",
        ),
        Note(
            IS_OVERSEAS,
            "Outre-mer : peu d’ETTI, comptez sur l’embauche directe et les GEIQ ; un rayon ne traverse "
            "pas la mer.",
        ),
        Note(
            HAS_PROGRAMME,
            "Programme {programme} : reprenez ses taux et ses publics avec le facilitateur désigné.",
        ),
        Note(
            MAXIMUM_UNKNOWN,
            "Accord-cadre : donnez l’estimé et le maximum. Les heures se calibrent sur l’estimé, le "
            "seuil européen "
            "se lit sur le maximum (R2121-8).",
        ),
    ),
)
