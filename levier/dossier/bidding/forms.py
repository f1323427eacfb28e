"""The form of a company that answers a claused lot, or that has won one."""

from typing import Any

from django import forms

from levier.dossier.bidding.composing import BidInput, Moment
from levier.dossier.forms import FrenchNumberField
from levier.dossier.need import LONGEST_TEXT, Problem
from levier.organisations.identifiers import clean_digits

_BAD_DATE = {"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."}


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, error_messages=_BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class BidForm(forms.Form):
    """What the company knows of the lot."""

    object = forms.CharField(
        label="Objet du lot", max_length=300, help_text="Par exemple « peinture d’un collège ».",
        error_messages={"required": "Dites l’objet du lot en quelques mots."},
    )  # fmt: skip
    place = forms.CharField(
        label="Lieu d’exécution", max_length=200, error_messages={"required": "Dites où le marché s’exécute."}
    )
    hours = FrenchNumberField(
        label="Heures d’insertion", unit="h", example="480",
        help_text="Laissez vide si vous collez la clause.",
    )  # fmt: skip
    months = FrenchNumberField(label="Durée", unit="mois", example="18 mois")
    starts_on = _day("Démarrage prévu")
    due_on = _day("Date limite des offres")
    buyer = forms.CharField(label="Acheteur", max_length=200, required=False)
    buyer_siren = forms.CharField(
        label="SIREN de l’acheteur", max_length=20, required=False,
        help_text="Son facilitateur conventionné passe en premier.",
    )  # fmt: skip
    clause = forms.CharField(
        label="Le texte de la clause", max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Collez l’article du CCAP ou l’avis : il est lu ici, jamais gardé.",
        error_messages={"max_length": "Le texte dépasse 5 000 caractères : collez le seul article sur l’insertion."},
    )  # fmt: skip

    def __init__(self, *args: Any, moment: Moment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moment = moment
        if moment == "won":
            del self.fields["due_on"]

    def as_input(self) -> BidInput:
        """The lot, once the form is valid."""
        values = dict(self.cleaned_data)
        values["buyer_siren"] = clean_digits(values["buyer_siren"])
        return BidInput(moment=self.moment, **values)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Tie each refusal to its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else "object", problem.sentence)
