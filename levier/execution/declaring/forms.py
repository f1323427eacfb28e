"""What a company says beside its hours: somebody new, a difficulty. Nothing is asked of who has nothing to say."""

from typing import Any

from django import forms

from levier.execution.declaring.sending import Arrival, Difficulty
from levier.execution.models import DifficultyCause
from levier.execution.people.forms import choice_field
from levier.facilitators.forms.fields import day_field, text_field
from levier.rulebook.modalities import modalities

_ARRIVAL = ("given_name", "family_name", "modality", "on")


class AroundForm(forms.Form):
    """An arrival is whole or absent; so is a difficulty."""

    given_name = text_field("Prénom", most=80)
    family_name = text_field("Nom", most=80)
    modality = choice_field("Comment est-elle embauchée", (), required=False)
    on = day_field("Date d’arrivée")
    cause = choice_field(
        "Ce qui se passe", [("", "Rien à signaler"), *DifficultyCause.choices], required=False
    )
    since_on = day_field("Depuis le")
    note = text_field(
        "En une phrase", most=500, rows=2, help_text="Ne nommez personne, ne parlez pas de santé."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modality"].choices = [  # type: ignore[attr-defined]
            ("", "Choisir"), *((one.key, one.label) for one in modalities())
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if any(values.get(name) for name in _ARRIVAL):
            for name in _ARRIVAL:
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, "À remplir pour annoncer une arrivée.")
        if self.has_difficulty and not values.get("cause") and "cause" not in self.errors:
            self.add_error("cause", "Choisissez ce qui se passe, ou effacez la date et la phrase.")
        return values

    @property
    def has_arrival(self) -> bool:
        return any(self.data.get(name) for name in _ARRIVAL)

    @property
    def has_difficulty(self) -> bool:
        return any(self.data.get(name) for name in ("cause", "since_on", "note"))

    def arrival(self) -> Arrival | None:
        """What was said of somebody new, once valid."""
        values = {name: self.cleaned_data[name] for name in _ARRIVAL}
        return Arrival(**values) if all(values.values()) else None

    def difficulty(self) -> Difficulty | None:
        """What was said of a difficulty, once valid."""
        values = self.cleaned_data
        if not values["cause"]:
            return None
        return Difficulty(cause=values["cause"], since_on=values["since_on"], note=values["note"])


class WelcomeForm(forms.Form):
    """The day of birth that a sheet asks for."""

    birth_on = day_field("Date de naissance", required=True)
