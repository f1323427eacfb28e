"""One more commitment of a contract: an optional tranche confirmed, or hours that the award forgot."""

from typing import Any

from django import forms

from levier.execution.forms.awarding import DueForm
from levier.execution.models import Contract, PartyKind
from levier.organisations.models import Organisation
from levier.purchasing.forms.fields import TOO_LONG, day_field


class CommitmentForm(DueForm):
    """What one more part of the contract makes owed, by whom, from when."""

    label = forms.CharField(
        label="Objet", max_length=120, error_messages=TOO_LONG,
        help_text="Ce qui rend ces heures dues, par exemple « Tranche optionnelle 1 ».",
    )  # fmt: skip
    contractor = forms.ModelChoiceField(
        Organisation.objects.none(), label="Entreprise engagée", empty_label=None
    )
    due_on = day_field("Heures dues à partir du", required=True)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = contract.parties.filter(kind=PartyKind.CO_CONTRACTOR).values("organisation")
        bound = Organisation.objects.filter(pk=contract.holder_id) | Organisation.objects.filter(pk__in=firms)
        self.fields["contractor"].queryset = bound.order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["contractor"].label_from_instance = lambda one: one.name  # type: ignore[attr-defined]
