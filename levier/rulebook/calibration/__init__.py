"""The hours of a clause: one function per method, the same for one lot or an array of lots."""

from levier.rulebook.calibration.bounds import physical_bound, within_physical_bound
from levier.rulebook.calibration.dispatch import METHODS, calibrate
from levier.rulebook.calibration.indicators import by_training_bracket, inclusive_purchase
from levier.rulebook.calibration.judgement import METHOD_VERSIONS, Settings
from levier.rulebook.calibration.lot_methods import CHOICES
from levier.rulebook.calibration.lot_need import LotNeed
from levier.rulebook.calibration.lots import LotCalibration, lot_calibration
from levier.rulebook.calibration.methods import by_amount, by_percentage
from levier.rulebook.calibration.quantities import Rounding
from levier.rulebook.calibration.result import (
    Calibration,
    CalibrationError,
    HoursRange,
    MixedDivisor,
    TraceLine,
)
from levier.rulebook.calibration.takeover import pact
from levier.rulebook.calibration.trades import Trade, all_trades, trade, trade_for_cpv
from levier.rulebook.calibration.values import LotValues, lot_values
from levier.rulebook.calibration.volumes import by_headcount, by_ordered_amount

__all__ = [
    "CHOICES",
    "METHODS",
    "METHOD_VERSIONS",
    "Calibration",
    "CalibrationError",
    "HoursRange",
    "LotCalibration",
    "LotNeed",
    "LotValues",
    "MixedDivisor",
    "Rounding",
    "Settings",
    "TraceLine",
    "Trade",
    "all_trades",
    "by_amount",
    "by_headcount",
    "by_ordered_amount",
    "by_percentage",
    "by_training_bracket",
    "calibrate",
    "inclusive_purchase",
    "lot_calibration",
    "lot_values",
    "pact",
    "physical_bound",
    "trade",
    "trade_for_cpv",
    "within_physical_bound",
]
