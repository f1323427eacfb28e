"""The hours of a clause: one function per method, the same for one lot or an array of lots."""

from levier.rulebook.calibration.bounds import physical_bound, within_physical_bound
from levier.rulebook.calibration.dispatch import METHODS, calibrate
from levier.rulebook.calibration.indicators import by_training_bracket, inclusive_purchase
from levier.rulebook.calibration.judgement import METHOD_VERSIONS, Settings
from levier.rulebook.calibration.methods import by_amount, by_percentage, pact
from levier.rulebook.calibration.quantities import Rounding
from levier.rulebook.calibration.result import (
    Calibration,
    CalibrationError,
    HoursRange,
    MixedDivisor,
    TraceLine,
)
from levier.rulebook.calibration.volumes import by_headcount, by_ordered_amount

__all__ = [
    "METHODS",
    "METHOD_VERSIONS",
    "Calibration",
    "CalibrationError",
    "HoursRange",
    "MixedDivisor",
    "Rounding",
    "Settings",
    "TraceLine",
    "by_amount",
    "by_headcount",
    "by_ordered_amount",
    "by_percentage",
    "by_training_bracket",
    "calibrate",
    "inclusive_purchase",
    "pact",
    "physical_bound",
    "within_physical_bound",
]
