"""Owns the opening rows shared by the levers of public contracts: who is outside the code, and why."""

from levier.rulebook.levers.conditions import (
    BELOW_DIRECT_PURCHASE,
    IS_CONCESSION,
    IS_DEFENCE,
    IS_PACIFIC,
    IS_PRIVATE,
    MAY_TAKE_OVER,
)
from levier.rulebook.levers.table import Note, Row

PRIVATE_BUYER = Row(
    "private_buyer",
    IS_PRIVATE,
    "not_applicable",
    "Le code de la commande publique ne s’applique pas à un acheteur privé : tout passe par le contrat.",
)
CONCESSION = Row(
    "concession",
    IS_CONCESSION,
    "not_applicable",
    "Une concession suit la troisième partie du code : voir les leviers propres aux concessions.",
)
PACIFIC_TERRITORY = Row(
    "pacific_territory",
    IS_PACIFIC,
    "to_answer",
    "Cette collectivité du Pacifique a ses propres règles d’achat : faites vérifier ce levier sur place.",
    rank=88,
    questions=("territory_law",),
    status="to_confirm",
)
DEFENCE = Row(
    "defence",
    IS_DEFENCE,
    "to_answer",
    "Les marchés de défense ou de sécurité suivent le livre III de la deuxième partie du code : faites "
    "vérifier ce levier.",
    rank=88,
    questions=("defence_law",),
    status="to_confirm",
)
PUBLIC_CONTRACT = (PRIVATE_BUYER, CONCESSION, PACIFIC_TERRITORY, DEFENCE)

NOT_A_CONCESSION = Row(
    "not_a_concession",
    ~IS_CONCESSION,
    "not_applicable",
    "Ce levier est propre aux concessions.",
)

DIRECT_PURCHASE_IS_SIMPLER = Row(
    "direct_purchase_is_simpler",
    BELOW_DIRECT_PURCHASE,
    "not_applicable",
    "Inutile ici : sous {direct}, l’achat direct auprès d’une structure inclusive suffit (R2122-8).",
)

TAKEOVER_RATIO = Note(
    MAY_TAKE_OVER,
    "Personnel à reprendre : après le transfert, la structure peut passer sous les 50 % de travailleurs "
    "concernés (R2113-7). Réservez plutôt une partie sans reprise, et vérifiez avec les structures.",
)
