"""R2152-7: the award criterion on the insertion of people in difficulty."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT
from levier.rulebook.levers.conditions import (
    ALWAYS,
    ENVIRONMENT_IS_DUE,
    HOURS_UNKNOWN,
    IS_SUPPLIES,
    TOO_FEW_HOURS,
)
from levier.rulebook.levers.table import Lever, Note, Row

GENERAL_POLICY = (
    "Ne notez jamais la politique RSE générale de l’entreprise : le critère porte sur ce qu’elle fera "
    "dans ce "
    "marché (CE, 25 mai 2018, n° 417580)."
)
ENVIRONMENT_CRITERION = (
    "Depuis le 21 août 2026, un critère au moins porte sur les caractéristiques environnementales de l’offre "
    "(loi 2021-1104, article 35) : le critère social s’y ajoute, il ne le remplace pas."
)

LEVER = Lever(
    code="R2152-7",
    title="Critère social d’attribution",
    article="L2152-7, R2152-7",
    rank=50,
    documents=("avis", "rc", "ae"),
    source="Weka, clauses d’insertion ; marche-public.fr, CE 25 mars 2013, n° 364950",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "too_few_hours",
            TOO_FEW_HOURS,
            "not_applicable",
            "Le marché porte trop peu d’heures ({hours}) pour départager les offres sur l’insertion.",
        ),
        Row(
            "supplies",
            IS_SUPPLIES & HOURS_UNKNOWN,
            "possible",
            "Possible si une part du contrat (fabrication, pose, livraison) peut être faite par des "
            "personnes en "
            "insertion.",
            rank=70,
        ),
        Row(
            "possible",
            ALWAYS,
            "possible",
            "Possible si l’objet peut être exécuté, au moins en partie, par des personnes en insertion : "
            "on note "
            "la qualité de l’insertion proposée pour ce marché.",
        ),
    ),
    notes=(
        Note(ALWAYS, GENERAL_POLICY),
        Note(ENVIRONMENT_IS_DUE, ENVIRONMENT_CRITERION),
        Note(
            ALWAYS,
            "Critère lié à l’objet, non discriminatoire, avec une grille annoncée. Repère : 15 % du "
            "total dans "
            "l’affaire Isère (CE, 25 mars 2013, n° 364950, travaux).",
        ),
    ),
)
