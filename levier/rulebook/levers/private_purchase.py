"""The private buyer's direct order to an inclusive supplier."""

from levier.rulebook.levers.conditions import ALWAYS, IS_PRIVATE, TOO_FEW_HOURS
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="ACHAT-PRIVE",
    title="Commande privée à un fournisseur inclusif",
    article="contrat privé : code civil, liberté contractuelle",
    rank=15,
    documents=("lettre", "annexe"),
    source="Agefiph, UNEA et réseaux d’ESAT pour la déduction OETH",
    rows=(
        Row(
            "public_buyer",
            ~IS_PRIVATE,
            "not_applicable",
            "Propre aux acheteurs privés : voir l’achat direct.",
        ),
        Row(
            "too_few_hours",
            TOO_FEW_HOURS,
            "recommended",
            "Le besoin est trop petit pour un objectif d’heures ({hours}) : commandez tout ou partie à une "
            "structure inclusive.",
            rank=8,
        ),
        Row(
            "default",
            ALWAYS,
            "recommended",
            "Aucune procédure ne s’impose : vous pouvez consulter seulement des EA, ESAT ou structures "
            "d’insertion.",
        ),
    ),
    notes=(
        Note(
            ALWAYS,
            "Un achat à une EA ou un ESAT se déduit en partie de la contribution OETH (30 % du coût de "
            "main-d’œuvre, plafonné).",
        ),
    ),
)
