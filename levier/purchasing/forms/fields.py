"""What the forms of the room share: days, numbers typed the French way, places, CPV codes."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.core.typography import figure
from levier.purchasing.actions import PlaceValues
from levier.purchasing.figures import NotANumberError, read_months, read_number
from levier.purchasing.places import place_values
from levier.reference.cpv.tables import cpv_labels
from levier.reference.queries import cpv_ranker, place_finder

BAD_DATE = {"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."}
TOO_LONG = {"max_length": "Ce texte dépasse %(limit_value)d caractères : raccourcissez-le."}
_CODE = re.compile(r"(\d{2,8})(?:-\d)?")


def day_field(label: str, *, required: bool = False, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text, error_messages=BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


def check_phone(typed: str) -> None:
    """Raises ValidationError when a number could not be called: six digits at least, as in New Caledonia."""
    if sum(char.isdigit() for char in typed) < 6:
        raise ValidationError(f"« {typed} » n’est pas un numéro entier : écrivez par exemple 03 20 00 00 00.")


class NumberField(forms.CharField):
    """A number as people write it; `decimals` are kept at most."""

    is_amount = False

    def __init__(self, *, example: str, decimals: int = 1, **kwargs: Any) -> None:
        super().__init__(max_length=40, required=False, **kwargs)
        self.example, self.decimals = example, decimals
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Decimal | None:
        """The number, or None when empty."""
        typed = super().clean(value)
        try:
            number = self.read(typed)
        except NotANumberError as problem:
            raise ValidationError(
                f"« {typed} » n’est pas un nombre : écrivez par exemple {self.example}."
            ) from problem
        return None if number is None else round(number, self.decimals)

    def read(self, typed: str) -> Decimal | None:
        """The number of what was typed. Raises NotANumberError."""
        return read_number(typed, is_amount=self.is_amount)

    def prepare_value(self, value: Any) -> Any:
        """« 180000.00 » of the database is « 180 000 » on the page."""
        return figure(value, self.decimals) if isinstance(value, Decimal) else value


class MonthsField(NumberField):
    """A length in months; « 3 ans » is 36."""

    def read(self, typed: str) -> Decimal | None:
        """The months of what was typed. Raises NotANumberError."""
        return read_months(typed)


class AmountField(NumberField):
    """Euros without tax."""

    is_amount = True

    def __init__(self, *, example: str = "120 000 ou 1,5 M€", **kwargs: Any) -> None:
        super().__init__(example=example, decimals=2, **kwargs)


class PlaceField(forms.CharField):
    """A place of France: a commune, a postal code, an EPCI, a département, a région."""

    def clean(self, value: Any) -> PlaceValues:
        """The place as it is stored; empty when unsaid."""
        typed = super().clean(value)
        if not typed:
            return PlaceValues()
        found = place_finder().find(typed, limit=1)
        if not found:
            raise ValidationError(
                f"Le lieu « {typed[:60]} » est inconnu. Écrivez une commune, un code postal, un EPCI ou un "
                "département, par exemple « Roubaix » ou « 59100 »."
            )
        return place_values(found[0].place)


class CpvField(forms.CharField):
    """A code of the nomenclature, short or with its check digit; words bring the codes they may mean."""

    def clean(self, value: Any) -> str:
        """Eight digits, or an empty text."""
        typed = super().clean(value)
        if not typed:
            return ""
        code = _CODE.match(typed)
        if code is None:
            near = " ; ".join(f"{one.code} {one.label}" for one in cpv_ranker().rank(typed, limit=3))
            hint = f" Est-ce l’un de ceux-ci ? {near}." if near else ""
            raise ValidationError(f"Un code CPV compte huit chiffres, par exemple 90919200.{hint}")
        digits = code[1].ljust(8, "0")
        if digits not in cpv_labels():
            raise ValidationError(
                f"Le code CPV « {code[1]} » n’existe pas. Laissez vide pour qu’il soit proposé d’après l’objet."
            )
        return digits
