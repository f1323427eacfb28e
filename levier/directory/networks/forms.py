"""Forms of networks: find a member, give a list, say how a fact was checked, present the network."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.directory.address import website_address
from levier.directory.kinds import KINDS
from levier.directory.models import ReviewingNetwork, Vouch
from levier.directory.networks.facts import FACTS
from levier.directory.networks.members import FILTERS
from levier.reference.queries import place_by_code

Territory = ReviewingNetwork.Territory


class MembersForm(forms.Form):
    """Search among one's members."""

    q = forms.CharField(
        label="Nom, ville ou SIRET", max_length=100, required=False,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    voir = forms.ChoiceField(
        label="Montrer", required=False, choices=[("", "Tous les membres"), *FILTERS.items()],
        widget=forms.Select({"class": "form-select"}),
    )  # fmt: skip


class FindForm(forms.Form):
    """A structure to add, by its number or its name."""

    q = forms.CharField(
        label="SIRET, SIREN ou nom de la structure", max_length=120,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip


class ListForm(forms.Form):
    """A whole list, pasted or as a file; the file wins."""

    numbers = forms.CharField(
        label="Collez votre liste, une structure par ligne",
        required=False,
        strip=False,
        help_text="Nous cherchons dans chaque ligne le SIRET ou le SIREN ; sans numéro, le nom et la commune.",
        widget=forms.Textarea({"class": "form-control", "rows": 6, "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Ou donnez un fichier",
        required=False,
        help_text="CSV, XLSX ou ODS (la feuille qui porte le plus de numéros), 5 Mo et 3 000 lignes au plus. Il n’est pas conservé.",
        widget=forms.FileInput({"class": "form-control", "accept": ".csv,.txt,.xlsx,.xls,.ods"}),
    )


class CheckForm(forms.Form):
    """How the facts ticked were checked."""

    how = forms.ChoiceField(
        label="Comment l’avez-vous vérifié ?", choices=Vouch.How.choices, widget=forms.RadioSelect,
        error_messages={"required": "Dites comment vous avez vérifié."},
    )  # fmt: skip
    note = forms.CharField(
        label="Note pour votre équipe", max_length=300, required=False,
        help_text="Elle n’est montrée à personne d’autre.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip


class CorrectionForm(forms.Form):
    """What is wrong on a member's sheet, for its keeper."""

    fact = forms.ChoiceField(
        label="Ce qui est à corriger", choices=[(fact.slug, fact.label) for fact in FACTS.values()],
        widget=forms.Select({"class": "form-select"}),
    )  # fmt: skip
    text = forms.CharField(
        label="Votre proposition", max_length=500,
        widget=forms.Textarea({"class": "form-control", "rows": 3}),
        error_messages={"required": "Écrivez la correction que vous proposez."},
    )  # fmt: skip


class PresentationForm(forms.Form):
    """What a network is. The nature is asked of the staff only."""

    short_name = forms.CharField(
        label="Nom court, tel qu’il se lit sur les fiches", max_length=60, required=False,
        help_text="« Membre de … », « attesté par … ». Sans lui, c’est le nom de l’organisation.",
        widget=forms.TextInput({"class": "form-control"}),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label="Nature", choices=ReviewingNetwork.Kind.choices, widget=forms.Select({"class": "form-select"})
    )
    website = forms.CharField(
        label="Site", max_length=255, required=False,
        widget=forms.TextInput({"class": "form-control", "inputmode": "url"}),
    )  # fmt: skip
    territory_kind = forms.ChoiceField(
        label="Échelle du territoire",
        choices=Territory.choices,
        widget=forms.Select({"class": "form-select"}),
    )
    territory_code = forms.CharField(
        label="Code du territoire", max_length=9, required=False,
        help_text="Code INSEE de la région ou du département, SIREN de l’intercommunalité. Vide pour la France entière.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )  # fmt: skip
    gathers = forms.MultipleChoiceField(
        label="Types de structures que vous réunissez", required=False,
        choices=[(kind.code, kind.name) for kind in KINDS], widget=forms.CheckboxSelectMultiple,
        help_text="Aucune coche : tous les types.",
    )  # fmt: skip

    def __init__(self, *args: Any, network: ReviewingNetwork, is_staff: bool, **kwargs: Any) -> None:
        names = tuple(self.base_fields)
        kwargs.setdefault("initial", {name: getattr(network, name) for name in names})
        super().__init__(*args, **kwargs)
        if not is_staff:
            del self.fields["kind"]

    def clean_short_name(self) -> str:
        return " ".join(self.cleaned_data["short_name"].split())

    def clean_website(self) -> str:
        written: str = self.cleaned_data["website"].strip()
        if written and not website_address(written):
            raise ValidationError("Écrivez une adresse de site, comme https://www.exemple.fr.")
        return website_address(written)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind, code = values.get("territory_kind"), (values.get("territory_code") or "").strip().upper()
        if kind == Territory.FRANCE:
            code = ""
        elif kind and place_by_code(kind, code) is None:
            self.add_error("territory_code", "Aucun territoire de cette échelle n’a ce code.")
        return values | {"territory_code": code}
