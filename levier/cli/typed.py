"""Numbers typed on a command line as people write them: « 1 500 000 », « 1,5 M€ », « 480 h »."""

from typing import Any

import click

from levier.purchasing.figures import NotANumberError, read_number


class _Number(click.ParamType):
    """A float from a French or an English writing; `is_amount` as in `read_number`."""

    def __init__(self, *, is_amount: bool) -> None:
        self.name = "montant" if is_amount else "nombre"
        self._is_amount = is_amount

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Fails as click does, with the words of `usage.py`."""
        if isinstance(value, (int, float)):
            return float(value)
        try:
            read = read_number(str(value), is_amount=self._is_amount)
        except NotANumberError:
            read = None
        try:
            # What a program writes (« 1e6 ») is a number too.
            return float(value if read is None else read)
        except ValueError:
            self.fail(str(value), param, ctx)


NUMBER = _Number(is_amount=False)
AMOUNT = _Number(is_amount=True)
