"""The form of a company that answers a claused lot, or that has won one."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict

from levier.core.typography import figure, hours
from levier.dossier.bidding.clause_in_text import ClauseRead, read_clause
from levier.dossier.bidding.composing import BidInput, Moment, reader
from levier.dossier.bidding.consultation_in_text import LONGEST_PASTED, read_consultation
from levier.dossier.forms import FrenchNumberField
from levier.dossier.need import Problem
from levier.organisations.identifiers import clean_digits
from levier.rulebook.modalities import modalities

# The hidden inputs that say what the form wrote in its fields: « object=peinture d’un collège ».
WRITTEN = "lu"
_BAD_DATE = {"invalid": "Cette date n’est pas lisible : écrivez-la comme 2027-03-12."}


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, error_messages=_BAD_DATE,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class BidForm(forms.Form):
    """What the company knows of the lot. A field left empty takes what the pasted text states, and says where it was read."""

    clause = forms.CharField(
        label="Le texte de la consultation", max_length=LONGEST_PASTED, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Collez l’article du CCAP, l’avis, le règlement ou un mail : Levier y lit l’objet, le lieu, les dates et les "
        "heures, et n’en garde rien.",
        error_messages={"max_length": "Le texte dépasse 60 000 caractères : collez le règlement, ou l’article sur l’insertion."},
    )  # fmt: skip
    lot = forms.ChoiceField(
        label="Votre lot",
        error_messages={"required": "Votre texte cite plusieurs lots : choisissez le vôtre."},
    )
    object = forms.CharField(
        label="Objet du lot", max_length=300, help_text="Par exemple « peinture d’un collège ». Laissez vide si le texte le dit.",
        error_messages={"required": "Dites l’objet du lot en quelques mots."},
    )  # fmt: skip
    place = forms.CharField(
        label="Lieu d’exécution",
        max_length=200,
        help_text="Laissez vide si le texte le dit.",
        error_messages={"required": "Dites où le marché s’exécute."},
    )
    hours = FrenchNumberField(
        label="Heures d’insertion", unit="h", example="480",
        help_text="Laissez vide si le texte les dit.",
    )  # fmt: skip
    months = FrenchNumberField(
        label="Durée", unit="mois", example="18 mois", help_text="Par exemple « 18 mois »."
    )
    starts_on = _day("Démarrage prévu")
    due_on = _day("Date limite des offres")
    buyer = forms.CharField(label="Acheteur", max_length=200, required=False)
    buyer_siren = forms.CharField(
        label="SIREN de l’acheteur", max_length=20, required=False,
        help_text="Son facilitateur conventionné passe en premier.",
    )  # fmt: skip

    is_private = forms.BooleanField(
        label="C’est un acheteur privé",
        required=False,
        help_text="Promoteur, entreprise : d’autres accompagnent alors la clause.",
    )
    kept = forms.MultipleChoiceField(
        label="Les façons de faire à écrire", required=False, choices=[(one.key, one.label) for one in modalities()],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, data: QueryDict | None = None, *, moment: Moment, **kwargs: Any) -> None:
        clause = data.get("clause", "")[:LONGEST_PASTED] if data else ""
        read = read_clause(clause)
        where: dict[str, str] = {}
        is_place_of_buyer = False
        if data is not None and clause.strip():
            data, where, is_place_of_buyer = _completed(data, clause, read)
        super().__init__(data, **kwargs)
        self.moment, self.where, self.is_pasted = moment, where, bool(clause.strip())
        if moment == "won":
            del self.fields["due_on"]
        if read.lots:
            choices = [
                (one.number, f"Lot {one.number}{f' : {one.title}' if one.title else ''} ({hours(one.hours)})")
                for one in read.lots
            ]
            self.fields["lot"].choices = [("", "Choisissez votre lot"), *choices]
            self.fields["lot"].required = not (data and data.get("object") and data.get("hours"))
        else:
            del self.fields["lot"]
        for name in ("object", "place"):
            self.fields[name].required = not self.is_pasted
        for name, words in where.items():
            if name in self.fields:
                self.fields[name].help_text = f"Lu dans votre texte : « {words} ». Corrigez si besoin."
        if "place" in where and is_place_of_buyer:
            self.fields[
                "place"
            ].help_text = "Votre texte ne dit pas le lieu : voici celui de l’acheteur. Corrigez si besoin."

    @property
    def written(self) -> list[str]:
        """What was read into the fields, to be given back with them."""
        return [f"{name}={self.data[name]}" for name in self.where if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Ask what neither the fields nor the text say; a text of several lots is asked which one is theirs."""
        values = super().clean() or {}
        if not self.is_pasted or "lot" in self.errors:
            return values
        for name, sentence in (
            ("object", "Votre texte ne dit pas l’objet : écrivez-le en quelques mots."),
            ("place", "Votre texte ne dit pas où le marché s’exécute : écrivez la commune."),
        ):
            if not values.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return values

    def clean_buyer_siren(self) -> str:
        """Nine digits, of the SIRET as well; or nothing."""
        digits = clean_digits(self.cleaned_data["buyer_siren"])
        if self.cleaned_data["buyer_siren"].strip() and len(digits) not in {9, 14}:
            raise ValidationError(
                "Un SIREN compte 9 chiffres (14 pour un SIRET). Laissez vide si vous ne l’avez pas."
            )
        return digits[:9]

    def shown(self) -> list[BoundField]:
        """The fields of the form; the ways are ticked beside the paragraph."""
        return [field for field in self if field.name != "kept"]

    def as_input(self) -> BidInput:
        """The lot, once the form is valid."""
        values = {name: value for name, value in self.cleaned_data.items() if name != "lot"}
        values["kept"] = tuple(values["kept"])
        return BidInput(moment=self.moment, is_hours_read="hours" in self.where, **values)

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Tie each refusal to its field."""
        for problem in problems:
            self.add_error(problem.field if problem.field in self.fields else "object", problem.sentence)


def _completed(data: QueryDict, clause: str, read: ClauseRead) -> tuple[QueryDict, dict[str, str], bool]:
    """The form with its empty fields filled from the text, the words each was read in, whether the place is the buyer's."""
    stated = read_consultation(clause, reader().places)
    values, where = dict(stated.values), dict(stated.where)
    chosen = next((one for one in read.lots if str(one.number) == data.get("lot", "").strip()), None)
    if read.lots:
        # The object of the whole contract is not that of a lot: nobody has said which one is theirs.
        values.pop("object", None)
    if chosen is not None:
        of_lot = {name: value for name, value in (("object", chosen.title), ("hours", chosen.hours)) if value}
        values |= of_lot
        where |= dict.fromkeys(of_lot, f"lot {chosen.number}")
    elif read.hours is not None:
        others = f", et aussi {' et '.join(map(hours, read.others))}" if read.others else ""
        values["hours"], where["hours"] = read.hours, f"{hours(read.hours)}{others}"
    data = data.copy()
    for pair in data.getlist(WRITTEN):
        # What this form wrote itself is read again: another text, or another lot, says something else.
        name, _, written = pair.partition("=")
        if name in BidForm.base_fields and data.get(name, "").strip() == written.strip():
            data[name] = ""
    used = {}
    for name, value in values.items():
        if data.get(name, "").strip():
            continue
        data[name] = _typed(value)
        used[name] = where.get(name, _typed(value))
    return data, used, stated.is_place_of_buyer


def _typed(value: Any) -> str:
    """A value as somebody would type it."""
    if isinstance(value, date):
        return value.isoformat()
    return figure(value, 2) if isinstance(value, float) else str(value)
