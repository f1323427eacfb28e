"""L2113-12: the contract or lots reserved to adapted companies, ESAT and equivalent structures."""

from levier.rulebook.levers.common_rows import DIRECT_PURCHASE_IS_SIMPLER, PUBLIC_CONTRACT, TAKEOVER_RATIO
from levier.rulebook.levers.conditions import (
    ALWAYS,
    ENOUGH_SUPPLIERS,
    FEW_SUPPLIERS,
    SEPARABLE,
    SEPARABLE_UNKNOWN,
    TAKEOVER,
    suppliers_at_least,
    suppliers_known,
)
from levier.rulebook.levers.table import Lever, Note, Row

LEVER = Lever(
    code="L2113-12",
    title="Réserver un lot aux EA et aux ESAT",
    article="L2113-12, R2113-7",
    rank=32,
    documents=("avis", "rc"),
    source="code-commande-publique.com, réservation L2113-12 et suivants",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "no_supplier",
            suppliers_known("handicap") & ~suppliers_at_least("handicap", FEW_SUPPLIERS),
            "not_applicable",
            "EA ou ESAT de ce métier à portée : {handicap}. Sans concurrence, ne réservez pas ; faites "
            "d’abord "
            "connaître votre besoin aux réseaux (sourcing, R2111-1).",
        ),
        Row(
            "separable_part",
            SEPARABLE & suppliers_at_least("handicap", FEW_SUPPLIERS),
            "recommended",
            "Une partie se détache et des EA ou ESAT de ce métier sont à portée ({handicap}) : faites-en "
            "un lot "
            "réservé.",
            rank=12,
        ),
        Row(
            "separable_part_to_source",
            SEPARABLE,
            "possible",
            "Une partie se détache : un lot réservé aux EA et ESAT est possible, une fois l’offre vérifiée.",
            rank=15,
            questions=("handicap_suppliers_in_reach",),
        ),
        Row(
            "takeover_part_to_detach",
            TAKEOVER & SEPARABLE_UNKNOWN,
            "possible",
            "Avec du personnel à reprendre, ne réservez pas l’ensemble : cherchez une partie sans "
            "reprise (vitrerie, "
            "remise en état, espaces verts…) à détacher en lot réservé aux EA et aux ESAT.",
            rank=20,
            questions=("has_separable_part", "handicap_suppliers_in_reach"),
        ),
        Row(
            "takeover_nothing_to_detach",
            TAKEOVER,
            "possible",
            "Rien à détacher : une réservation reste possible, mais la reprise du personnel la rend "
            "risquée pour la "
            "structure.",
            rank=65,
        ),
        Row(
            "enough_suppliers",
            suppliers_at_least("handicap", ENOUGH_SUPPLIERS),
            "recommended",
            "Offre large à portée ({handicap} EA ou ESAT) : un lot réservé est ouvert à une vraie "
            "concurrence.",
        ),
        Row(
            "few_suppliers",
            suppliers_at_least("handicap", FEW_SUPPLIERS),
            "possible",
            "Peu d’EA ou d’ESAT à portée ({handicap}) : un petit lot réservé est possible, après sourcing.",
            rank=62,
        ),
        Row(
            "supply_unknown",
            ALWAYS,
            "to_answer",
            "Possible si assez d’EA et d’ESAT de ce métier sont à portée.",
            rank=72,
            questions=("handicap_suppliers_in_reach", "has_separable_part"),
        ),
    ),
    notes=(
        TAKEOVER_RATIO,
        Note(
            ALWAYS,
            "Réservez un lot plutôt que tout le besoin, vérifiez la capacité des structures et citez "
            "l’article "
            "dans l’avis ou les documents de la consultation.",
        ),
    ),
)
