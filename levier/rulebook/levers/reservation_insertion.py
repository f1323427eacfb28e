"""L2113-13: the contract or lots reserved to insertion structures and their equivalents."""

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
    code="L2113-13",
    title="Réserver un lot aux structures d’insertion (SIAE)",
    article="L2113-13, R2113-7",
    rank=31,
    documents=("avis", "rc"),
    source="code-commande-publique.com, réservation L2113-12 et suivants ; code du travail, L5132-4",
    rows=(
        *PUBLIC_CONTRACT,
        DIRECT_PURCHASE_IS_SIMPLER,
        Row(
            "no_supplier",
            suppliers_known("insertion") & ~suppliers_at_least("insertion", FEW_SUPPLIERS),
            "not_applicable",
            "Structures d’insertion de ce métier à portée : {insertion}. Sans concurrence, ne réservez "
            "pas ; faites "
            "d’abord connaître votre besoin aux réseaux (sourcing, R2111-1).",
        ),
        Row(
            "separable_part",
            SEPARABLE & suppliers_at_least("insertion", FEW_SUPPLIERS),
            "recommended",
            "Une partie se détache et des structures d’insertion de ce métier sont à portée ({insertion}) : "
            "faites-en un lot réservé.",
            rank=13,
        ),
        Row(
            "separable_part_to_source",
            SEPARABLE,
            "possible",
            "Une partie se détache : un lot réservé aux SIAE est possible, une fois l’offre vérifiée.",
            rank=16,
            questions=("insertion_suppliers_in_reach",),
        ),
        Row(
            "takeover_part_to_detach",
            TAKEOVER & SEPARABLE_UNKNOWN,
            "possible",
            "Avec du personnel à reprendre, ne réservez pas l’ensemble : cherchez une partie sans "
            "reprise (vitrerie, "
            "remise en état, espaces verts…) à détacher en lot réservé aux structures d’insertion.",
            rank=21,
            questions=("has_separable_part", "insertion_suppliers_in_reach"),
        ),
        Row(
            "takeover_nothing_to_detach",
            TAKEOVER,
            "possible",
            "Rien à détacher : une réservation reste possible, mais la reprise du personnel la rend "
            "risquée pour la "
            "structure.",
            rank=66,
        ),
        Row(
            "enough_suppliers",
            suppliers_at_least("insertion", ENOUGH_SUPPLIERS),
            "recommended",
            "Offre large à portée ({insertion} structures d’insertion) : un lot réservé est ouvert à une "
            "vraie "
            "concurrence.",
        ),
        Row(
            "few_suppliers",
            suppliers_at_least("insertion", FEW_SUPPLIERS),
            "possible",
            "Peu de structures d’insertion à portée ({insertion}) : un petit lot réservé est possible, après "
            "sourcing.",
            rank=61,
        ),
        Row(
            "supply_unknown",
            ALWAYS,
            "to_answer",
            "Possible si assez de structures d’insertion de ce métier sont à portée.",
            rank=71,
            questions=("insertion_suppliers_in_reach", "has_separable_part"),
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
