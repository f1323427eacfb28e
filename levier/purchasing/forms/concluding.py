"""The forms of the end of a need: more time, or the outcome."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.purchasing.forms.fields import TOO_LONG, AmountField, day_field
from levier.purchasing.models import (
    Answer,
    NeedRecipient,
    NoOutcome,
)


class ExtendForm(forms.Form):
    """A later deadline."""

    deadline = day_field("Nouvelle date limite", required=True)


class CloseForm(forms.Form):
    """How the need ended."""

    chosen = forms.MultipleChoiceField(
        label="Fournisseurs retenus", required=False, widget=forms.CheckboxSelectMultiple
    )
    amount_ht = AmountField(label="Montant retenu, hors taxes (€)", example="48 000")
    no_outcome = forms.ChoiceField(
        label="Ou aucun, parce que",
        required=False,
        choices=[("", "Un fournisseur est retenu"), *NoOutcome.choices],
    )
    note = forms.CharField(
        label="Un mot à tous les fournisseurs", required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}), error_messages=TOO_LONG,
    )  # fmt: skip

    def __init__(self, *args: Any, recipients: Iterable[NeedRecipient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        answered = [
            one for one in recipients if one.answer not in {"", Answer.DECLINED} or one.sent_at is None
        ]
        self.fields["chosen"].choices = [
            (one.pk, f"{one.supplier.display_name} ({one.supplier.kind})") for one in answered
        ]  # type: ignore[attr-defined]

    def clean_chosen(self) -> list[int]:
        """The numbers of the chosen recipients."""
        return [int(pk) for pk in self.cleaned_data["chosen"]]

    def clean_amount_ht(self) -> Decimal | None:
        """An amount of zero or more."""
        amount: Decimal | None = self.cleaned_data["amount_ht"]
        if amount is not None and amount < 0:
            raise ValidationError("Écrivez le montant en euros, par exemple 48 000.")
        return amount
