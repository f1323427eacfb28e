"""Forms of the card and of its answers: closed lists, one number, one date."""

from datetime import date
from typing import Any

from django import forms

from levier.core import photo_reading
from levier.execution.declaring.reading import read_hours
from levier.execution.models import (
    CorrectedField,
    DisputeAnswer,
    DisputeReason,
    LegalBasis,
    ProofKind,
    RequestAnswer,
    RequestKind,
)
from levier.execution.people.forms import choice_field
from levier.facilitators.forms.fields import mail_field, text_field

CHECKED = "J’ai vu ou appelé la personne : cette adresse est à elle seule"


class BirthForm(forms.Form):
    """The day of birth, in three boxes: no calendar to turn back thirty years."""

    day = forms.IntegerField(label="Jour", min_value=1, max_value=31)
    month = forms.IntegerField(label="Mois", min_value=1, max_value=12)
    year = forms.IntegerField(label="Année", min_value=1900, max_value=2100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs |= {
                "class": "form-control",
                "inputmode": "numeric",
                "autocomplete": f"bday-{name}",
            }

    def clean(self) -> dict[str, Any]:
        """The three as one date."""
        data: dict[str, Any] = super().clean() or {}
        try:
            data["birth_on"] = date(data["year"], data["month"], data["day"])
        except (KeyError, ValueError):
            raise forms.ValidationError(
                "Écrivez votre date de naissance : jour, mois, année. Par exemple 4, 5, 1990."
            ) from None
        return data


class _HoursField(forms.CharField):
    """Hours as people write them; empty for none."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_hours(text)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem


def _hours(label: str, help_text: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal", "autocomplete": "off"})
    return _HoursField(label=label, required=False, max_length=12, help_text=help_text, widget=widget)


class DisputeForm(forms.Form):
    """What is wrong with a month."""

    reason = forms.ChoiceField(
        label="Qu’est-ce qui ne va pas ?", choices=DisputeReason.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une réponse.", "invalid_choice": "Choisissez une réponse de la liste."},
    )  # fmt: skip
    claimed = _hours("Combien d’heures avez-vous faites ?", "Si vous le savez. Sinon, laissez vide.")


class CorrectionForm(forms.Form):
    """A value to correct."""

    field = choice_field("Donnée à corriger", CorrectedField.choices)
    proposed = text_field(
        "La bonne valeur", most=200, required=True, help_text="Pour une date, écrivez par exemple 4/5/1990."
    )


class ProofForm(forms.Form):
    """A file to send."""

    kind = choice_field("Ce que montre le document", ProofKind.choices)
    file = forms.FileField(
        label="Photo ou PDF",
        widget=forms.ClearableFileInput(attrs={"class": "form-control", "accept": "image/jpeg,image/png,image/webp,image/heic,application/pdf"}),
        error_messages={"required": "Choisissez un fichier ou prenez une photo.", "empty": "Ce fichier est vide."},
    )  # fmt: skip
    # Where nothing reads photographs, whoever sends them looks once more.
    is_no_payslip = forms.BooleanField(
        label="Ce n’est pas un bulletin de paie",
        error_messages={"required": "Cochez la case : regardez que ce n’est pas un bulletin de paie."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if photo_reading.reader():
            del self.fields["is_no_payslip"]


class DisputeAnswerForm(forms.Form):
    """The facilitator's answer to a dispute."""

    word = choice_field("Réponse que la personne lira", DisputeAnswer.choices)
    hours = _hours("Le bon nombre d’heures", "Si les heures sont corrigées.")


class RequestAnswerForm(forms.Form):
    """The facilitator's answer to a correction or an erasure."""

    word = choice_field("Réponse que la personne lira", ())
    is_checked = forms.BooleanField(required=False, label=CHECKED)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = {RequestAnswer.DONE, RequestAnswer.PROOF}
        if kind == RequestKind.ERASURE:
            fitting = {RequestAnswer.DONE, RequestAnswer.RUNNING, RequestAnswer.CONTROL}
        self.fields["word"].choices = [one for one in RequestAnswer.choices if one[0] in fitting]  # type: ignore[attr-defined]


class AddressForm(forms.Form):
    """The address of a person, and whether it was checked with her."""

    email = mail_field("Son adresse électronique")
    is_checked = forms.BooleanField(required=False, label=CHECKED)


class NoticeTextForm(forms.Form):
    """What the structure says of itself in its notice."""

    contact = text_field(
        "À qui la personne peut s’adresser", most=200, required=True, help_text="Nom, téléphone, courriel."
    )
    officer = text_field(
        "Délégué à la protection des données", most=200, help_text="Son courriel, si votre structure en a un."
    )
    basis = choice_field("Ce qui vous permet de garder ces données", LegalBasis.choices)
