"""What the address of the results page may hold, read with care: one clear sentence for each bad value."""

import re

from django import forms
from django.core.exceptions import ValidationError

from levier.core.search import Window
from levier.directory.kinds import FAMILY_LABELS, KINDS, SHELF_LABELS
from levier.directory.labels import LABELS
from levier.directory.models import Supplier
from levier.directory.sizes import SIZES
from levier.directory.territory import TERRITORIES
from levier.directory.ways import WAYS
from levier.reference.sectors import all_sectors

RADII = (10, 20, 30, 50, 100, 200)
SORTS = (("pertinence", "Pertinence"), ("distance", "Distance"), ("nom", "Nom"))
# The map goes no closer: its ground, the outlines of the départements, would be a blank page.
CLOSEST_ZOOM = 13
# A tile of a web map, 256 pixels a side, is cut in four by four squares.
SQUARES_PER_TILE_POWER = 2
_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
_DEPARTEMENT = re.compile(r"(\d{2,3}|2[AB])")


class DepartementsField(forms.Field):
    """Codes of départements, as many as one likes."""

    widget = forms.SelectMultiple

    def to_python(self, value: object) -> list[str]:
        codes = [str(code).strip().upper() for code in value] if isinstance(value, list | tuple) else []
        for code in codes:
            if not _DEPARTEMENT.fullmatch(code):
                raise ValidationError(f"« {code[:20]} » n’est pas un code de département (59, 2A, 976…).")
        return codes


class MonthsField(forms.Field):
    """Months with free teams, « 2027-03 », as many as one likes."""

    widget = forms.SelectMultiple

    def to_python(self, value: object) -> list[str]:
        months = [str(month).strip() for month in value] if isinstance(value, list | tuple) else []
        for month in months:
            if not _MONTH.fullmatch(month):
                raise ValidationError(f"« {month[:20]} » n’est pas un mois : écrivez par exemple 2027-03.")
        return months


class MapForm(forms.Form):
    """What a map shows: « bbox » is west, south, east, north in degrees; without it, only where the answers are."""

    bbox = forms.CharField(required=False, max_length=120)
    zoom = forms.IntegerField(
        required=False, min_value=0, max_value=CLOSEST_ZOOM,
        error_messages={
            "invalid": "Le zoom de la carte est un nombre entier.",
            "min_value": "Le zoom de la carte commence à 0.",
            "max_value": f"Le zoom de la carte va jusqu’à {CLOSEST_ZOOM}.",
        },
    )  # fmt: skip

    def clean_bbox(self) -> tuple[float, ...]:
        text = self.cleaned_data["bbox"]
        try:
            found = tuple(float(each) for each in text.split(",")) if text else ()
        except ValueError:
            found = (0.0,)
        if text and len(found) != 4:
            raise ValidationError("L’étendue de la carte s’écrit « ouest,sud,est,nord », en degrés.")
        return found

    @property
    def window(self) -> Window | None:
        """The squares to count; None when nothing says what is shown. Call after is_valid()."""
        if not self.cleaned_data["bbox"]:
            return None
        west, south, east, north = self.cleaned_data["bbox"]
        zoom = self.cleaned_data["zoom"] or 0
        level = zoom + SQUARES_PER_TILE_POWER
        return Window(south, west, north, east, level, names_all=zoom == CLOSEST_ZOOM)


class SearchForm(forms.Form):
    """The search of suppliers; every field is optional, names are those of the address."""

    q = forms.CharField(
        label="Quoi ?",
        required=False,
        max_length=300,
        help_text="Métier, type, lieu, nom ou SIRET, en une phrase.",
        widget=forms.TextInput({"type": "search", "class": "form-control", "autocomplete": "off"}),
    )
    lieu = forms.CharField(
        label="Où ?",
        required=False,
        max_length=100,
        help_text="Commune, code postal, département.",
    )
    rayon = forms.TypedChoiceField(
        label="Dans un rayon de",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[(km, f"{km} km") for km in RADII],
        error_messages={"invalid_choice": "Ce rayon n’est pas proposé : choisissez-en un dans la liste."},
    )
    type = forms.MultipleChoiceField(
        required=False,
        choices=[(kind.code, kind.name) for kind in KINDS],
        error_messages={"invalid_choice": "Le type de structure « %(value)s » est inconnu."},
    )
    famille = forms.MultipleChoiceField(
        required=False,
        choices=list(FAMILY_LABELS.items()),
        error_messages={"invalid_choice": "La famille de structures « %(value)s » est inconnue."},
    )
    secteur = forms.MultipleChoiceField(
        required=False,
        choices=[(each.slug, each.label) for each in all_sectors()],
        error_messages={"invalid_choice": "Le secteur « %(value)s » est inconnu."},
    )
    role = forms.MultipleChoiceField(
        required=False,
        choices=list(SHELF_LABELS.items()),
        error_messages={"invalid_choice": "Le rôle « %(value)s » est inconnu."},
    )
    activite = forms.MultipleChoiceField(
        required=False,
        choices=Supplier.ActivityStatus.choices,
        error_messages={"invalid_choice": "« %(value)s » n’est pas un état des activités."},
    )
    dep = DepartementsField(required=False)
    label = forms.MultipleChoiceField(
        required=False,
        choices=[(label.slug, label.name) for label in LABELS.values()],
        error_messages={"invalid_choice": "Le label « %(value)s » est inconnu."},
    )
    territoire = forms.MultipleChoiceField(
        required=False,
        choices=list(TERRITORIES.items()),
        error_messages={"invalid_choice": "Le territoire « %(value)s » est inconnu : choisissez qpv ou frr."},
    )
    dispo = MonthsField(required=False)
    taille = forms.MultipleChoiceField(
        required=False,
        choices=list(SIZES.items()),
        error_messages={
            "invalid_choice": "La taille « %(value)s » est inconnue : choisissez micro, petite, moyenne ou grande."
        },
    )
    forme = forms.MultipleChoiceField(
        required=False,
        choices=list(WAYS.items()),
        error_messages={"invalid_choice": "La forme de prestation « %(value)s » est inconnue."},
    )
    ess = forms.BooleanField(required=False)
    mot_a_mot = forms.BooleanField(required=False)
    tri = forms.ChoiceField(
        label="Trier par",
        required=False,
        choices=SORTS,
        error_messages={"invalid_choice": "Ce tri n’existe pas : pertinence, distance ou nom."},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=100_000,
        error_messages={
            "invalid": "Le numéro de page doit être un nombre.",
            "min_value": "Les pages commencent à 1.",
            "max_value": "Cette page n’existe pas.",
        },
    )
