"""The need as a form: every field optional but the sentence, figures typed the French way."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.dossier.figures_in_text import read_figures
from levier.dossier.need import BUYER_KINDS, LONGEST_TEXT, PROGRAMMES, NeedInput, Problem

_PLAIN_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)?")


class FrenchNumberField(forms.CharField):
    """A number as people write it: « 1 500 000 », « 1,5 M€ », « 120 k€ », « 24 mois »."""

    def __init__(self, *, unit: str, example: str, **kwargs: Any) -> None:
        super().__init__(max_length=40, required=False, **kwargs)
        self.unit = unit
        self.example = example
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> float | None:  # type: ignore[override]
        """The number in the field's unit, or None when empty."""
        text = super().clean(value)
        if not text:
            return None
        compact = re.sub(r"[\s\u202f\u00a0]", "", text).removesuffix(self.unit)
        if _PLAIN_NUMBER.fullmatch(compact):
            return float(compact.replace(",", ".").replace("−", "-"))
        found = read_figures(text)
        number = found.months if self.unit == "mois" else found.amount_ht
        if number is None:
            raise ValidationError(f"« {text} » n’est pas un nombre : écrivez par exemple {self.example}.")
        return number


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or as the text says (None)."""

    def __init__(self, *, label: str) -> None:
        choices = [("", "Selon le texte"), ("oui", "Oui"), ("non", "Non")]
        super().__init__(
            label=label, required=False, choices=choices, coerce=lambda said: said == "oui", empty_value=None
        )


class WholeNumberField(FrenchNumberField):
    """The same, without decimals."""

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        """The whole number, or None when empty."""
        number = super().clean(value)
        if number is None:
            return None
        if number != int(number):
            raise ValidationError(f"« {value} » : un nombre entier est attendu, par exemple {self.example}.")
        return int(number)


class NeedForm(forms.Form):
    """What the buyer may say. Empty fields are read in the sentence."""

    text = forms.CharField(
        label="Que voulez-vous acheter, et où ?",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "max_length": "Le texte dépasse 5 000 caractères : résumez le besoin en une ou deux phrases."
        },
    )
    place = forms.CharField(label="Lieu d’exécution", max_length=200, required=False)
    cpv = forms.CharField(label="Objet (code CPV)", max_length=120, required=False)
    amount_ht = FrenchNumberField(label="Montant estimé HT", unit="€", example="120 000 ou 1,5 M€")
    months = FrenchNumberField(label="Durée", unit="mois", example="18 mois")
    takeover_hours = FrenchNumberField(
        label="Personnel à reprendre", unit="h", example="140, ou 0 s’il n’y en a pas"
    )
    is_framework = YesNoField(label="Accord-cadre")
    is_concession = YesNoField(label="Concession (délégation de service public)")
    max_amount_ht = FrenchNumberField(label="Maximum de l’accord-cadre HT", unit="€", example="4 M€")
    buyer_side = forms.ChoiceField(
        label="Acheteur",
        required=False,
        choices=[("", "Selon le texte"), ("public", "Public"), ("private", "Privé")],
    )
    buyer_kind = forms.ChoiceField(
        label="Nature de l’acheteur public",
        required=False,
        choices=[("", "Selon le texte"), *BUYER_KINDS.items()],
    )
    buyer_siren = forms.CharField(label="SIREN de l’acheteur", max_length=20, required=False)
    lot_count = WholeNumberField(label="Nombre de lots", unit="lots", example="6")
    posts = WholeNumberField(label="Personnes sur le chantier", unit="postes", example="4")
    programme = forms.ChoiceField(
        label="Programme", required=False, choices=[("", "Aucun"), *PROGRAMMES.items()]
    )
    launch_date = forms.DateField(
        label="Lancement de la consultation",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."},
    )
    lever = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def as_input(self) -> NeedInput:
        """The typed need, once the form is valid."""
        return NeedInput(**self.cleaned_data)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Tie each refusal to its field, so that nothing typed is lost and the focus goes to the first one."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else "text", problem.sentence)
