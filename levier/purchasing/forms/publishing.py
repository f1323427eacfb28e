"""The form of a need: keeps what was typed, and says what is wrong on the field to correct."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from levier.directory.kinds import KINDS
from levier.directory.sector_field import SectorField
from levier.organisations.models import Organisation
from levier.purchasing.actions import NeedValues
from levier.purchasing.forms.fields import TOO_LONG, day_field
from levier.purchasing.models import (
    AmountBand,
    NeedKind,
    NeedScope,
    PublishedNeed,
)
from levier.reference.models import CpvCode, Region
from levier.reference.queries import place_by_code, place_finder

RADII = (10, 20, 30, 50, 75, 100, 150, 200)
_YES_NO_MARK = re.compile(r"\s*\(\s*oui\s*/\s*non\s*\)\s*$", re.IGNORECASE)


def _region_choices() -> list[tuple[str, str]]:
    return list(Region.objects.order_by("name").values_list("code", "name"))


class PublishNeedForm(forms.Form):
    """The need a buyer sends to suppliers."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="Au nom de", empty_label=None)
    kind = forms.ChoiceField(label="Ce que vous demandez", choices=NeedKind, widget=forms.RadioSelect)
    title = forms.CharField(
        label="Titre", max_length=160, error_messages=TOO_LONG,
        help_text="L’objet en quelques mots : c’est l’objet du courriel que liront les fournisseurs.",
    )  # fmt: skip
    text = forms.CharField(
        label="Description", max_length=5000, widget=forms.Textarea(attrs={"rows": 8}), error_messages=TOO_LONG,
        help_text="Quantités, fréquence, lieux, contraintes, ce qui décidera de votre choix.",
    )  # fmt: skip
    sector_1 = SectorField(
        label="Métier (secteur d’achat)",
        error_messages={"required": "Dites le métier : c’est lui qui trouve les fournisseurs."},
    )
    sector_2 = SectorField(label="Deuxième métier", required=False)
    sector_3 = SectorField(label="Troisième métier", required=False)
    cpv = forms.CharField(
        label="Code CPV",
        max_length=12,
        required=False,
        help_text="Huit chiffres, si vous le connaissez : il précise l’objet.",
    )
    scope = forms.ChoiceField(
        label="Où chercher les fournisseurs", choices=NeedScope, widget=forms.RadioSelect
    )
    lieu = forms.CharField(
        label="Commune",
        max_length=100,
        required=False,
        help_text="Nom ou code postal, pour « autour d’une commune ».",
        error_messages={"required": "Donnez la commune, ou choisissez un autre périmètre."},
    )
    rayon = forms.TypedChoiceField(
        label="Rayon", choices=[(value, f"{value}\u00a0km") for value in RADII], coerce=int, required=False,
        empty_value=50, initial=50,
    )  # fmt: skip
    departements = forms.CharField(
        label="Départements",
        max_length=200,
        required=False,
        help_text="Leurs numéros : 59, 62, 2A, 974.",
        error_messages={"required": "Donnez au moins un département, ou choisissez un autre périmètre."},
    )
    regions = forms.MultipleChoiceField(
        label="Régions", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez au moins une région, ou choisissez un autre périmètre."},
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label="Types de structure", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(kind.code, kind.name) for kind in KINDS],
        help_text="Rien de coché : tous les types, sauf l’économie sociale et solidaire au sens large.",
    )  # fmt: skip
    amount_band = forms.ChoiceField(
        label="Ordre de grandeur, hors taxes", choices=AmountBand.choices, required=False
    )
    deadline = day_field("Réponses attendues le", required=True)
    starts_on = day_field("Début de la prestation")
    ends_on = day_field("Fin de la prestation")
    questions = forms.CharField(
        label="Vos questions aux fournisseurs", max_length=4000, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), error_messages=TOO_LONG,
        help_text="Une par ligne, dix au plus. Terminez par « (oui/non) » celles qui demandent un oui ou un non.",
    )  # fmt: skip

    is_shown = forms.BooleanField(
        label="Accepter aussi d’autres fournisseurs du métier et du territoire", required=False,
        help_text="Connectés à Levier, ils voient le titre du besoin et peuvent demander à le recevoir.",
    )  # fmt: skip

    def __init__(self, *args: Any, organisations: Iterable[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["organisation"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = organisations
        own = list(organisations)
        if len(own) == 1:
            chosen.widget = forms.HiddenInput()
            chosen.initial = own[0].pk
        self.fields["regions"].choices = _region_choices()  # type: ignore[attr-defined]
        # What the chosen perimeter asks for is not shown as optional.
        scope = self["scope"].value()
        self.fields["lieu"].required = self.fields["rayon"].required = scope == NeedScope.AROUND
        self.fields["departements"].required = scope == NeedScope.DEPARTEMENTS
        self.fields["regions"].required = scope == NeedScope.REGIONS

    def _is_filled(self, *names: str) -> bool:
        return any(self[name].value() or self[name].errors for name in names)

    @property
    def has_more_sectors(self) -> bool:
        """Whether the fold of the other sectors must be open."""
        return self._is_filled("sector_2", "sector_3", "cpv")

    @property
    def has_kinds(self) -> bool:
        """Whether the fold of the kinds must be open."""
        return self._is_filled("kinds")

    @property
    def has_regions(self) -> bool:
        """Whether the fold of the régions must be open."""
        return self._is_filled("regions")

    def clean_cpv(self) -> str:
        """Eight digits that exist, or nothing."""
        digits = re.sub(r"\D", "", self.cleaned_data["cpv"].partition("-")[0])
        if not digits:
            return ""
        code = digits[:8].ljust(8, "0")
        if not CpvCode.objects.filter(code=code).exists():
            raise ValidationError(
                f"Le code CPV « {digits} » n’existe pas. Laissez vide si vous choisissez un secteur."
            )
        return code

    def clean_departements(self) -> tuple[str, ...]:
        """Codes of départements that exist."""
        typed = re.findall(r"[0-9]{1,3}[ABab]?", self.cleaned_data["departements"])
        codes = tuple(dict.fromkeys(code.upper().zfill(2) for code in typed))
        unknown = [code for code in codes if place_by_code("departement", code) is None]
        if unknown:
            raise ValidationError(
                f"Le département « {unknown[0]} » n’existe pas : écrivez par exemple 59, 62."
            )
        return codes

    def clean_questions(self) -> tuple[dict[str, str], ...]:
        """One question a line."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["questions"].splitlines()]
        questions = []
        for line in filter(None, lines):
            text = _YES_NO_MARK.sub("", line)
            if len(text) > 300:
                raise ValidationError("Une question tient en 300 caractères : découpez la plus longue.")
            questions.append({"text": text, "kind": "yes_no" if text != line else "text"})
        if len(questions) > 10:
            raise ValidationError(f"Dix questions au plus ; il y en a {len(questions)}.")
        return tuple(questions)

    def clean(self) -> dict[str, Any]:
        """What depends on several fields; each sentence stands on the field to correct."""
        values = super().clean() or {}
        names = ("sector_1", "sector_2", "sector_3")
        values["sectors"] = tuple(dict.fromkeys(filter(None, (values.get(name) for name in names))))
        deadline = values.get("deadline")
        if deadline and deadline <= timezone.localdate():
            self.add_error("deadline", "La date limite doit être après aujourd’hui.")
        if deadline and deadline > timezone.localdate() + timedelta(days=366):
            self.add_error("deadline", "La date limite doit être dans moins d’un an.")
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "La fin est avant le début.")
        self._clean_area(values)
        return values

    def _clean_area(self, values: dict[str, Any]) -> None:
        if values.get("scope") != NeedScope.AROUND or not values.get("lieu"):
            return
        found = [match.place for match in place_finder().find(values["lieu"], limit=5)]
        towns = [place for place in found if place.kind in {"commune", "arrondissement"}]
        if towns:
            values["town"] = towns[0]
        else:
            self.add_error(
                "lieu", "Écrivez une commune ou un code postal, par exemple « Roubaix » ou « 59100 »."
            )

    def as_values(self) -> NeedValues:
        """The need, once the form is valid; what the chosen perimeter does not use is left out."""
        values = self.cleaned_data
        scope, town = values["scope"], values.get("town")
        return NeedValues(
            kind=values["kind"],
            title=" ".join(values["title"].split()),
            text=values["text"].strip(),
            deadline=values["deadline"],
            sectors=values["sectors"],
            cpv=values["cpv"],
            kinds=tuple(values["kinds"]),
            scope=scope,
            place_code=town.code if town and scope == NeedScope.AROUND else "",
            place_label=town.label[:120] if town and scope == NeedScope.AROUND else "",
            radius_km=(values["rayon"] or 50) if scope == NeedScope.AROUND else None,
            departements=values["departements"] if scope == NeedScope.DEPARTEMENTS else (),
            regions=tuple(values["regions"]) if scope == NeedScope.REGIONS else (),
            amount_band=values["amount_band"],
            starts_on=values["starts_on"],
            ends_on=values["ends_on"],
            questions=values["questions"],
            is_shown=values["is_shown"],
        )


def initial_of(need: PublishedNeed) -> dict[str, Any]:
    """A draft as its form starts."""
    sectors = [*need.sectors, "", "", ""]
    lines = [
        f"{question['text']} (oui/non)" if question["kind"] == "yes_no" else question["text"]
        for question in need.questions
    ]
    return {
        "organisation": need.organisation_id, "kind": need.kind, "title": need.title, "text": need.text,
        "sector_1": sectors[0], "sector_2": sectors[1], "sector_3": sectors[2], "cpv": need.cpv,
        "scope": need.scope, "lieu": need.place_label, "rayon": need.radius_km or 50,
        "departements": ", ".join(need.departements), "regions": need.regions, "kinds": need.kinds,
        "amount_band": need.amount_band, "deadline": need.deadline, "starts_on": need.starts_on,
        "ends_on": need.ends_on, "questions": "\n".join(lines), "is_shown": need.is_shown,
    }  # fmt: skip
