"""The form of an offer: posts row by row, structures and routes to tick."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget

from levier.clauses.models import InsertionOffer, Route
from levier.clauses.offers.actions import OfferValues
from levier.clauses.offers.proposing import Proposal, rome_label
from levier.directory.queries import SupplierCard
from levier.purchasing.forms.fields import NumberField

POST_ROWS = 3
_ROME = re.compile(r"[A-N]\d{4}")


class PostForm(forms.Form):
    """One post; an empty row is left out."""

    rome = forms.CharField(label="Code ROME", max_length=5, required=False)
    label = forms.CharField(label="Poste", max_length=120, required=False)
    people = forms.IntegerField(
        label="Personnes", min_value=1, max_value=999, required=False,
        error_messages={"invalid": "Écrivez un nombre entier.", "min_value": "Une personne au moins."},
    )  # fmt: skip
    hours = NumberField(label="Heures", example="480", decimals=0)
    tasks = forms.CharField(label="Tâches accessibles", max_length=300, required=False)

    def clean_rome(self) -> str:
        """A code of the ROME, or nothing."""
        code = str(self.cleaned_data["rome"]).strip().upper()
        if code and not _ROME.fullmatch(code):
            raise ValidationError("Un code ROME s’écrit comme F1606.")
        return code

    def clean(self) -> dict[str, Any]:
        """A row with a code or hours needs a name: ours when the code is known."""
        values = super().clean() or {}
        if not values.get("label") and values.get("rome"):
            values["label"] = rome_label(values["rome"])
        if not values.get("label") and (values.get("rome") or values.get("hours")):
            self.add_error("label", "Nommez le poste.")
        return values

    def as_row(self) -> dict[str, Any] | None:
        """The post in plain values, None for an empty row."""
        values = self.cleaned_data
        if not values.get("label"):
            return None
        hours = values.get("hours")
        return {
            "rome": values["rome"],
            "label": values["label"],
            "people": values.get("people") or 1,
            "hours": None if hours is None else int(hours),
            "tasks": values["tasks"],
        }


PostFormSet = forms.formset_factory(PostForm, extra=0, max_num=10)


class OfferForm(forms.Form):
    """The rest of the offer."""

    suppliers = forms.MultipleChoiceField(
        label="Structures pressenties", required=False, widget=forms.CheckboxSelectMultiple
    )
    prescribers = forms.MultipleChoiceField(
        label="Prescripteurs mobilisés", required=False, widget=forms.CheckboxSelectMultiple
    )
    expected_people = forms.IntegerField(
        label="Personnes déjà repérées", min_value=0, max_value=9999, required=False,
        help_text="Un nombre seulement : aucun nom ne figure dans l’offre.",
    )  # fmt: skip
    routes = forms.MultipleChoiceField(
        label="Parcours possibles", required=False, choices=Route.choices, widget=forms.CheckboxSelectMultiple
    )
    routes_note = forms.CharField(
        label="Précisions", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Organisme, dates de session, durée.",
    )  # fmt: skip
    note = forms.CharField(
        label="À savoir", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_ready = forms.BooleanField(label="L’offre est prête", required=False)

    def __init__(self, *args: Any, proposal: Proposal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["suppliers"].choices = [  # type: ignore[attr-defined]
            (str(card.id), f"{card.display_name} ({card.kind.short}, {card.place_label})")
            for _, cards in proposal.groups
            for card in cards
        ]
        self._proposal = proposal
        self.fields["prescribers"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.name} ({one.get_kind_display()})") for one in proposal.prescribers
        ]

    def supplier_groups(self) -> Iterator[tuple[str, list[tuple[BoundWidget, SupplierCard, float | None]]]]:
        """The boxes of the structures under the title of their group, each with its card and how far it is (km)."""
        boxes = iter(self["suppliers"].subwidgets)
        far = self._proposal.kilometres
        for title, cards in self._proposal.groups:
            yield title, [(box, card, far.get(card.id)) for card, box in zip(cards, boxes, strict=False)]

    def as_values(self, posts: list[dict[str, Any]]) -> OfferValues:
        """The offer, once both forms are valid."""
        values = self.cleaned_data
        return OfferValues(
            posts=tuple(posts),
            suppliers=tuple(int(one) for one in values["suppliers"]),
            prescribers=tuple(int(one) for one in values["prescribers"]),
            expected_people=values["expected_people"],
            routes=tuple(values["routes"]),
            routes_note=values["routes_note"],
            note=values["note"],
            is_ready=values["is_ready"],
        )


def initial_of(offer: InsertionOffer | None, begun: Mapping[str, list[str]]) -> dict[str, Any]:
    """An offer as its form starts; a new one, from what `begun` brings of another lot."""
    if offer is None:
        return {"routes": [Route.TUTORING], **begun}
    return {
        "suppliers": [str(one) for one in offer.suppliers],
        "prescribers": [str(one) for one in offer.prescribers],
        "expected_people": offer.expected_people,
        "routes": offer.routes,
        "routes_note": offer.routes_note,
        "note": offer.note,
        "is_ready": offer.state == InsertionOffer.State.READY,
    }
