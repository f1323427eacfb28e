"""One door to the methods by their public names, for the command line and the API."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

from levier.rulebook.calibration.indicators import by_training_bracket, inclusive_purchase
from levier.rulebook.calibration.judgement import Settings
from levier.rulebook.calibration.methods import by_amount, by_percentage
from levier.rulebook.calibration.result import Calibration, CalibrationError
from levier.rulebook.calibration.takeover import pact
from levier.rulebook.calibration.volumes import by_headcount, by_ordered_amount

METHODS: Final[dict[str, Callable[..., Calibration]]] = {
    "amount": by_amount,
    "percentage": by_percentage,
    "pact": pact,
    "bracket": by_training_bracket,
    "inclusive-purchase": inclusive_purchase,
    "headcount": by_headcount,
    "per-amount": by_ordered_amount,
}


def calibrate(method: str, /, **inputs: Any) -> Calibration:
    """Runs a method by name: amount, percentage, pact, bracket, inclusive-purchase, headcount, per-amount.

    The inputs are those of the method. Raises CalibrationError, with a French sentence, for an unknown
    method, an input the method does not know, a missing one or an impossible value.
    """
    function = METHODS.get(method)
    if function is None:
        raise CalibrationError(
            "method", f"La méthode « {method} » est inconnue ; méthodes connues : {', '.join(METHODS)}."
        )
    accepted = inspect.signature(function).parameters
    asked = [name for name in accepted if name != "settings"]
    for name, value in inputs.items():
        if name not in asked and not isinstance(value, Settings):
            raise CalibrationError(
                name,
                f"La méthode « {method} » ne connaît pas « {name} » ; elle demande : {', '.join(asked)}.",
            )
    for name, parameter in accepted.items():
        if parameter.default is inspect.Parameter.empty and name not in inputs:
            raise CalibrationError(name, f"La méthode « {method} » demande aussi « {name} ».")
    return function(**inputs)
