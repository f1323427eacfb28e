"""The forms of a consultation of trades: what is shared and with whom; what a participant answers."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from levier.core.typography import hours as in_hours
from levier.facilitators.models import TradeBody
from levier.purchasing.forms.fields import TOO_LONG, NumberField, day_field
from levier.purchasing.models import Feasibility, PartyKind, TradeAnswer
from levier.purchasing.trades.actions import AnswerValues, ConsultationValues, PartyValues
from levier.purchasing.trades.sharing import Begun, Fact

_KINDS = {
    "federation": "federation", "fédération": "federation", "branche": "branche", "syndicat": "branche",
    "entreprise": "entreprise", "autre": "autre",
}  # fmt: skip
_BAD_MAIL = {"invalid": "Cette adresse n’est pas complète : écrivez-la comme nom@exemple.fr."}
_HOW = "Écrivez « Organisation ; courriel ; fédération », une par ligne."


def _area(
    label: str, most: int, rows: int = 3, *, help_text: str = "", required: bool = False
) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text, error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class PartiesField(forms.CharField):
    """Organisations to ask, one a line; a bad line is named with its number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label="Qui consulter", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 5}),
            help_text=f"{_HOW} Natures : fédération, branche, entreprise, autre.", error_messages=TOO_LONG, **kwargs,
        )  # fmt: skip

    def clean(self, value: Any) -> tuple[PartyValues, ...]:
        """The organisations, each address once."""
        found: dict[str, PartyValues] = {}
        for number, line in enumerate(str(super().clean(value)).splitlines(), start=1):
            if not line.strip():
                continue
            party = _party(number, line)
            if party.email in found:
                raise ValidationError(f"Ligne {number} : « {party.email} » est déjà dans la liste.")
            found[party.email] = party
        return tuple(found.values())


def _party(number: int, line: str) -> PartyValues:
    cells = [cell.strip() for cell in re.split(r"[;\t]", line)]
    name, email = cells[0], cells[1].lower() if len(cells) > 1 else ""
    word = (cells[2] if len(cells) > 2 and cells[2] else "fédération").lower()
    if not name or not email:
        raise ValidationError(f"Ligne {number} : il manque le nom ou le courriel. {_HOW}")
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(f"Ligne {number} : « {email} » n’est pas une adresse électronique.") from None
    if word not in _KINDS:
        raise ValidationError(
            f"Ligne {number} : « {word} » n’est pas une nature connue (fédération, branche, entreprise, autre)."
        )
    return PartyValues(name=name[:160], email=email, kind=_KINDS[word])


class ConsultationForm(forms.Form):
    """What is put to the trades: nothing leaves that is not ticked or typed here."""

    title = forms.CharField(label="Objet", max_length=200, error_messages=TOO_LONG)
    facts = forms.MultipleChoiceField(
        label="Ce que vous partagez de l’achat", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Ce qui n’est pas coché ne part pas.",
    )  # fmt: skip
    hours = NumberField(
        label="Heures d’insertion estimées", example="480", decimals=2,
        help_text="Vide : l’estimation n’est pas partagée.",
    )  # fmt: skip
    trades = _area("Métiers et postes", 1000)
    calendar = _area("Calendrier", 500, 2)
    message = _area("Ce que vous demandez", 4000, 4, help_text="Vos mots, après ces informations.")
    deadline = day_field("Réponses jusqu’au", required=True, help_text="Le même jour pour tous, inclus.")
    parties = PartiesField()
    is_public = forms.BooleanField(
        label="La publier aussi sur une page ouverte à tous", required=False,
        help_text="Tout métier peut alors demander à répondre, et les réponses y sont publiées.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, facts: Sequence[Fact], bodies: Sequence[TradeBody] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.bodies = list(bodies)
        for one in self.bodies:
            self.fields[f"pick_{one.pk}"] = forms.BooleanField(label=one.name, required=False)
            self.fields[f"mail_{one.pk}"] = forms.EmailField(
                label=f"Courriel de {one.name}", required=False, initial=one.email, error_messages=_BAD_MAIL
            )
        self.known = {one.key: one for one in facts}
        self.fields["facts"].choices = [(one.key, f"{one.label} : {one.value}") for one in facts]  # type: ignore[attr-defined]

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """The fields in their order, those of the register of bodies apart."""
        return [self[name] for name in self.base_fields]

    @property
    def picks(self) -> list[tuple[TradeBody, forms.BoundField, forms.BoundField]]:
        """Each body of the register for this trade, its box and its address."""
        return [(one, self[f"pick_{one.pk}"], self[f"mail_{one.pk}"]) for one in self.bodies]

    def clean(self) -> dict[str, Any]:
        """The bodies ticked join those typed; one without an address is asked for it."""
        values = super().clean() or {}
        typed: tuple[PartyValues, ...] = values.get("parties") or ()
        known = {one.email for one in typed}
        picked = []
        for one in self.bodies:
            email = (values.get(f"mail_{one.pk}") or "").lower()
            if not values.get(f"pick_{one.pk}") or email in known:
                continue
            if email:
                picked.append(PartyValues(name=one.name, email=email, kind=one.kind))
            elif f"mail_{one.pk}" not in self.errors:
                self.add_error(f"mail_{one.pk}", "Donnez son courriel : sa page de contact l’indique.")
        values["parties"] = (*typed, *picked)
        return values

    def as_values(self) -> ConsultationValues:
        """The consultation, once valid."""
        values = self.cleaned_data
        chosen = set(values["facts"])
        shared = [(one.label, one.value) for key, one in self.known.items() if key in chosen]
        if values["hours"] is not None:
            shared.append(("Heures d’insertion estimées", in_hours(values["hours"])))
        trades = " ; ".join(line.strip() for line in values["trades"].splitlines() if line.strip())
        shared += [("Métiers et postes", trades)] if trades else []
        calendar = " ".join(values["calendar"].split())
        shared += [("Calendrier", calendar)] if calendar else []
        return ConsultationValues(
            title=values["title"],
            shared=tuple(shared),
            message=values["message"],
            deadline=values["deadline"],
            is_public=values["is_public"],
        )


def initial_of(begun: Begun, title: str) -> dict[str, Any]:
    """How the form starts."""
    return {
        "title": f"Insertion : {title}"[:200],
        "facts": [one.key for one in begun.facts if one.is_usual],
        "hours": begun.hours,
        "trades": begun.trades,
        "calendar": begun.calendar,
        "message": "Ces heures vous paraissent-elles faisables ? Combien, sur quels postes, pour quels profils, avec "
        "quelles réserves ?",
    }


class MorePartiesForm(forms.Form):
    """Others to ask."""

    parties = PartiesField()


class JoinForm(forms.Form):
    """Somebody who reads the public page and wishes to answer."""

    name = forms.CharField(label="Votre organisation", max_length=160, error_messages=TOO_LONG)
    kind = forms.ChoiceField(label="Vous êtes", choices=PartyKind.choices, initial=PartyKind.COMPANY)
    email = forms.EmailField(
        label="Votre courriel", help_text="Le lien pour répondre y est envoyé. Il n’est montré à personne.",
        error_messages={"invalid": "Cette adresse n’est pas complète : écrivez-la comme nom@exemple.fr."},
    )  # fmt: skip

    def as_values(self) -> PartyValues:
        """The participant, once valid."""
        values = self.cleaned_data
        return PartyValues(name=values["name"], email=values["email"], kind=values["kind"])


class TradeAnswerForm(forms.Form):
    """What a participant says."""

    feasible = forms.ChoiceField(
        label="Est-ce faisable ?", choices=Feasibility.choices, widget=forms.RadioSelect,
        error_messages={"required": "Dites si c’est faisable."},
    )  # fmt: skip
    hours = NumberField(
        label="Combien d’heures vous paraissent tenables ?", example="480", decimals=2,
        help_text="Une estimation, sur la durée du marché.",
    )  # fmt: skip
    profiles = _area("Quels profils, sur quels postes ?", 2000)
    reservations = _area("Vos réserves", 2000)
    text = _area("Autres remarques", 4000)
    confidential_note = _area(
        "Note à l’acheteur seul", 2000, 2,
        help_text="Jamais publiée ni donnée aux autres participants. Tout le reste le sera, avec votre nom.",
    )  # fmt: skip

    def clean_hours(self) -> Any:
        """A plausible number of hours, or nothing."""
        value = self.cleaned_data["hours"]
        if value is not None and not 0 <= value <= 9_999_999:
            raise ValidationError("Le nombre d’heures doit être entre 0 et 9 999 999.")
        return value

    def clean(self) -> dict[str, Any]:
        """Reservations are said when they are announced."""
        values = super().clean() or {}
        if values.get("feasible") == Feasibility.WITH_RESERVATIONS and not values.get("reservations"):
            self.add_error("reservations", "Dites vos réserves : elles aideront à corriger l’estimation.")
        return values

    def as_values(self) -> AnswerValues:
        """The answer, once valid."""
        return AnswerValues(**self.cleaned_data)


def initial_of_answer(answer: TradeAnswer | None) -> dict[str, Any]:
    """An answer already given, to change."""
    if answer is None:
        return {}
    names = ("feasible", "hours", "profiles", "reservations", "text", "confidential_note")
    return {name: getattr(answer, name) for name in names}
