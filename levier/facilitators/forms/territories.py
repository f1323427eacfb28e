"""The form by which an animation adds a structure, or says what one covers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.facilitators.actions import RegisteredValues
from levier.facilitators.forms.fields import listed, mail_field, text_field
from levier.facilitators.models import DESK_KINDS, Scope, Structure, StructureKind
from levier.organisations.identifiers import clean_digits, is_valid_siret
from levier.reference.places.folding import fold
from levier.reference.queries import place_by_code, place_finder

_SCOPES = {"arrondissement": Scope.COMMUNE.value}


class RegisterForm(forms.Form):
    """What a list would say of a structure: what it is, how to reach it, where it is in charge."""

    kind = forms.ChoiceField(
        label="Nature", choices=StructureKind.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    name = text_field("Nom", most=255, required=True)
    siret = text_field("SIRET", most=20)
    coverage = text_field(
        "Territoire couvert", most=4000, rows=3, required=True,
        help_text="Communes, intercommunalités, départements ou région, séparés par « ; » : leur nom ou leur code. "
        "Il décide de qui est en charge.",
    )  # fmt: skip
    has_desk = forms.BooleanField(
        label="Porte un guichet de la clause sociale", required=False,
        help_text="Sans guichet, elle n’est pas en charge des demandes des acheteurs.",
    )  # fmt: skip
    private_clients = forms.BooleanField(label="Accompagne aussi les acheteurs privés", required=False)
    email = mail_field("Adresse publique", help_text="Celle de la structure, jamais celle d’une personne.")
    phone = text_field("Téléphone public", most=20)
    city = text_field("Ville", most=100)

    def clean_siret(self) -> str:
        """Fourteen digits, or nothing."""
        siret = clean_digits(self.cleaned_data["siret"])
        if siret and not is_valid_siret(siret):
            raise ValidationError("Ce SIRET est faux : corrigez-le ou laissez-le vide.")
        return siret

    def clean_coverage(self) -> tuple[tuple[str, str], ...]:
        """Each territory as (scope, code); a name that is only near one is refused, with the one it may be."""
        found = [_area(text) for text in listed(self.cleaned_data["coverage"], longest=120)]
        if not found:
            raise ValidationError("Dites au moins un territoire.")
        return tuple(dict.fromkeys(found))

    def as_values(self) -> RegisteredValues:
        """The values of the action."""
        return RegisteredValues(**self.cleaned_data)


def _area(text: str) -> tuple[str, str]:
    scope, colon, code = (piece.strip() for piece in text.partition(":"))
    if colon and scope in Scope.values and place_by_code(scope, code) is not None:
        return scope, code
    matches = place_finder().find(text, limit=5)
    for place in (match.place for match in matches):
        scope = _SCOPES.get(place.kind, place.kind)
        if scope in Scope.values and fold(text) in {fold(place.name), fold(place.label), fold(place.code)}:
            return scope, place.code
    near = f" Vouliez-vous dire « {matches[0].place.label} » ?" if matches else ""
    raise ValidationError(f"« {text} » ne désigne exactement aucun territoire.{near}")


def initial_of_registered(structure: Structure) -> dict[str, Any]:
    """What the form starts with; territories by their names."""
    covered = [(one.scope, one.code) for one in structure.coverages.all()]
    kept = {name: getattr(structure, name) for name in RegisterForm.base_fields if name != "coverage"}
    return kept | {"coverage": " ; ".join(_written(*area) for area in sorted(covered))}


def _written(scope: str, code: str) -> str:
    """The name of a territory, or « commune:97411 » where the name alone means another."""
    place = place_by_code(scope, code)
    try:
        return place.label if place and _area(place.label) == (scope, code) else f"{scope}:{code}"
    except ValidationError:
        return f"{scope}:{code}"


def initial_of_new() -> dict[str, Any]:
    """A new structure: a desk, most of the time."""
    return {"kind": StructureKind.MDE, "has_desk": StructureKind.MDE in DESK_KINDS}
