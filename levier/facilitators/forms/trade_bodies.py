"""The form of a professional body: its trades and its territory in words."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.facilitators.forms.fields import mail_field, text_field
from levier.facilitators.models import Scope, TradeBody, TradeBodyKind
from levier.facilitators.queries.areas import area_names
from levier.facilitators.reading import pieces_of
from levier.facilitators.reading_table import RejectedRowError
from levier.facilitators.reading_trade_bodies import TradeBodyValues, trade_of
from levier.reference.queries import place_finder

_REACHING = {Scope.DEPARTEMENT.value, Scope.REGION.value}


class TradeBodyForm(forms.Form):
    """One body."""

    name = text_field("Nom", most=160, required=True)
    kind = forms.ChoiceField(
        label="Nature", choices=TradeBodyKind.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    trades = text_field(
        "Métiers", most=600, rows=2, required=True,
        help_text="Familles ou secteurs (liste au bas de la page), « cpv:909 » ou « naf:81.21Z », séparés par « ; ».",
    )  # fmt: skip
    territories = text_field(
        "Territoires",
        most=600,
        help_text="Départements ou régions, séparés par « ; ». Vide : toute la France.",
    )
    contact_page = forms.URLField(
        label="Page de contact", required=False, max_length=300, assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "form-control"}),
        error_messages={"invalid": "Cette adresse n’est pas valable : commencez par https://."},
    )  # fmt: skip
    email = mail_field("Adresse publique", help_text="Celle de l’organisation, jamais celle d’une personne.")
    source = text_field(
        "D’où vient cette ligne", most=200, required=True, help_text="Par exemple : son site, lu aujourd’hui."
    )
    is_confirmed = forms.BooleanField(label="Je l’ai vérifiée", required=False)

    def clean_trades(self) -> tuple[str, ...]:
        """Each trade as it is kept."""
        try:
            return tuple(dict.fromkeys(trade_of(one) for one in pieces_of(self.cleaned_data["trades"])))
        except RejectedRowError as reason:
            raise ValidationError(str(reason)) from None

    def clean_territories(self) -> tuple[str, ...]:
        """« scope:code » of each territory named."""
        found = []
        for text in pieces_of(self.cleaned_data["territories"]):
            matches = place_finder().find(text, limit=1)
            place = matches[0].place if matches else None
            if place is None or place.kind not in _REACHING:
                raise ValidationError(f"« {text} » n’est ni un département, ni une région.")
            found.append(f"{place.kind}:{place.code}")
        return tuple(dict.fromkeys(found))

    def as_values(self) -> TradeBodyValues:
        """The values of the action."""
        return TradeBodyValues(**self.cleaned_data)


def initial_of_body(body: TradeBody) -> dict[str, Any]:
    """What the form starts with; territories by their names."""
    areas = [tuple(text.split(":", 1)) for text in body.territories]
    names = area_names((scope, code) for scope, code in areas)
    kept = {name: getattr(body, name) for name in TradeBodyForm.base_fields}
    return kept | {
        "trades": " ; ".join(body.trades),
        "territories": " ; ".join(names[scope, code] for scope, code in areas),
    }
