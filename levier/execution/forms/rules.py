"""Which rule sets a contract follows: the publics it names, the hours it counts."""

from typing import Any

from django import forms

from levier.execution.models import Contract
from levier.execution.people.rules import USUAL
from levier.rulebook.counting import counting_labels
from levier.rulebook.eligibility import set_labels


def publics_field() -> forms.ChoiceField:
    """The list of publics that the contract writes."""
    return forms.ChoiceField(
        label="Publics que le contrat retient", required=False,
        choices=_publics,
        help_text="Chaque entrée est lue avec cette liste, sauf si le facilitateur en choisit une autre.",
    )  # fmt: skip


def _publics() -> list[tuple[str, str]]:
    return [("", f"Pas encore dit (l’avis suit « {dict(set_labels())[USUAL]} »)"), *set_labels()]


def counting_field() -> forms.ChoiceField:
    """The hours that the contract counts."""
    return forms.ChoiceField(
        label="Décompte des heures", required=False,
        choices=[("", "Pas encore dit (référence nationale)"), *counting_labels()],
        help_text="CDI, formation, lieu, période : ce que le décompte met de côté attend le facilitateur.",
    )  # fmt: skip


class RulesForm(forms.Form):
    """The rules of a contract, the same for each of its commitments."""

    publics_rule = publics_field()
    counting_rule = counting_field()

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        first = contract.commitments.order_by("number").first()
        initial = {name: getattr(first, name, "") for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)
