"""Need → CPV: labels, our lexicon of how buyers speak, and a small model learnt from contracts."""

from levier.reference.cpv.model import CpvModel, ModelError, Sample, clean_samples, train
from levier.reference.cpv.needs import (
    NeedFragment,
    detect_need_kind,
    is_social_service,
    split_needs,
    takeover_branch,
)
from levier.reference.cpv.ranker import CpvMatch, CpvRanker, DivisionMatch
from levier.reference.cpv.tables import cpv_labels, repair_code

__all__ = [
    "CpvMatch",
    "CpvModel",
    "CpvRanker",
    "DivisionMatch",
    "ModelError",
    "NeedFragment",
    "Sample",
    "clean_samples",
    "cpv_labels",
    "detect_need_kind",
    "is_social_service",
    "repair_code",
    "split_needs",
    "takeover_branch",
    "train",
]
