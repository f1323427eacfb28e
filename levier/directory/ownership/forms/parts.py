"""One form, or one list of forms, for each part of the owner's page."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from levier.directory.labels import LABELS
from levier.directory.models import Capacity
from levier.directory.ownership.forms.fields import PhoneField, read_territories
from levier.directory.ownership.wording import AREAS, TURNOVERS, month_words
from levier.directory.sector_field import SectorField
from levier.directory.ways import WAYS
from levier.rulebook.months import add_months, first_of

MOST_KM = 500
MONTHS_AHEAD = 6
CERTIFICATE = "autre"


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class Rows(BaseFormSet):
    """A list of forms: lines ticked « Retirer » go, empty lines at the end are ignored.

    `new_row`: what an empty line shows first; left as it is, the line says nothing.
    """

    new_row: Mapping[str, Any] | None = None

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        options = dict(super().get_form_kwargs(index))
        if self.new_row and index is not None and index >= self.initial_form_count():
            options["initial"] = dict(self.new_row)
        return options

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Retirer"

    def kept(self) -> list[dict[str, Any]]:
        """The values of the lines that stay, in order. Call after is_valid()."""
        return [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE") and form.is_filled()
        ]

    def refuse_twice(
        self, subjects: Callable[[dict[str, Any]], Iterable[Hashable]], field: str, sentence: str
    ) -> None:
        """Tie this sentence to that field of each line that speaks of something a line before it spoke of."""
        seen: set[Hashable] = set()
        for form in self.forms:
            values = form.cleaned_data if form.is_valid() else {}
            if not values or values.get("DELETE") or not form.is_filled():
                continue
            told = set(subjects(values))
            if told & seen:
                form.add_error(field, sentence)
            seen |= told


class Row(forms.Form):
    """One line of a list; `key_field` is the one without which it says nothing."""

    key_field = "name"
    template = "directory/ownership/row.html"

    def is_filled(self) -> bool:
        """Whether the line says something: a known line emptied by hand is a line removed."""
        return bool(self.cleaned_data.get(self.key_field))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        said = [name for name in self.fields if name not in {self.key_field, "DELETE"} and values.get(name)]
        is_new = self.empty_permitted
        if is_new and said and not values.get(self.key_field) and self.key_field not in self.errors:
            label = str(self.fields[self.key_field].label).lower()
            self.add_error(self.key_field, f"Il manque : {label}. Complétez, ou videz la ligne.")
        return values


class LineForm(Row):
    """One activity: a trade, how it is done, where."""

    key_field = "sector"

    sector = SectorField(label="Métier (secteur d’achat)", required=False)
    ways = forms.MultipleChoiceField(
        label="Sous quelle forme ?", choices=list(WAYS.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    area_kind = forms.ChoiceField(label="Où ?", choices=list(AREAS.items()), initial="radius", required=False)
    km = forms.IntegerField(
        label="Rayon en km", min_value=1, max_value=MOST_KM, required=False, initial=30,
        help_text="Autour de votre adresse, si vous avez choisi un rayon.",
        error_messages={
            "invalid": "Le rayon est un nombre de kilomètres.",
            "min_value": "Le rayon est d’au moins 1 km.",
            "max_value": f"Au-delà de {MOST_KM} km, choisissez « dans toute la France ».",
        },
    )  # fmt: skip
    territories = forms.CharField(
        label="Départements ou régions", max_length=300, required=False,
        help_text="Si vous les avez choisis : « 59, 62 » ou « Bretagne ».",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = forms.Form.clean(self) or {}
        if not values.get("sector"):
            typed = values.get("ways") or values.get("territories")
            if typed and "sector" not in self.errors:
                self.add_error("sector", "Choisissez le métier de cette ligne, ou videz-la.")
            return values
        if not values.get("ways") and "ways" not in self.errors:
            self.add_error("ways", "Cochez au moins une forme : prestation, travaux, fournitures…")
        kind = values.get("area_kind") or "radius"
        area: dict[str, Any] = {"kind": kind}
        if kind == "radius":
            if values.get("km") is None and "km" not in self.errors:
                self.add_error("km", "Donnez le rayon, en kilomètres.")
            area["km"] = values.get("km")
        elif kind in {"departements", "regions"}:
            try:
                found = read_territories(values.get("territories") or "", kind)
            except ValidationError as problem:
                self.add_error("territories", problem)
            else:
                area |= {"codes": list(found.codes), "names": list(found.names)}
        values["area"] = area
        return values


class OfferForm(Row):
    """Something the structure sells, in its own words."""

    key_field = "title"

    title = forms.CharField(label="Offre", max_length=120, required=False)
    description = forms.CharField(label="En quelques mots", max_length=600, required=False, widget=_text(2))


class ReferenceForm(Row):
    """A client served."""

    key_field = "client"

    client = forms.CharField(
        label="Client", max_length=150, required=False,
        help_text="Une organisation : pas de nom de personne.",
    )  # fmt: skip
    work = forms.CharField(label="Ce qui a été fait", max_length=200, required=False)
    year = forms.IntegerField(
        label="Année", required=False, min_value=1980,
        error_messages={"invalid": "L’année est un nombre.", "min_value": "Cette année est trop ancienne."},
    )  # fmt: skip

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year and year > timezone.localdate().year:
            raise ValidationError("Cette année n’est pas encore là.")
        return year


class LabelForm(Row):
    """A label of our list, or any certificate with its name."""

    key_field = "label"

    label = forms.ChoiceField(
        label="Label ou certificat", required=False,
        choices=[
            ("", "Choisissez"), *((one.slug, one.name) for one in LABELS.values()),
            (CERTIFICATE, "Un autre certificat"),
        ],
    )  # fmt: skip
    name = forms.CharField(label="Son nom, s’il n’est pas dans la liste", max_length=120, required=False)
    until = forms.DateField(
        label="Valable jusqu’au", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Cette date n’est pas lisible : jour, mois, année."},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("label") == CERTIFICATE and not values.get("name") and "name" not in self.errors:
            self.add_error("name", "Écrivez le nom du certificat.")
        return values


class LabelRows(Rows):
    """A label has one end: a second line about it would silently replace the first."""

    def clean(self) -> None:
        self.refuse_twice(
            lambda values: [
                (values["label"], values["name"].casefold() if values["label"] == CERTIFICATE else "")
            ],
            "label",
            "Une autre ligne parle déjà de ce label : corrigez sa date là-bas, puis videz celle-ci.",
        )


class ContactForm(Row):
    """A person to call; shown to everybody only when ticked."""

    name = forms.CharField(label="Nom", max_length=120, required=False)
    position = forms.CharField(label="Fonction", max_length=120, required=False)
    phone = PhoneField(label="Téléphone")
    email = forms.EmailField(label="Courriel", required=False)
    is_public = forms.BooleanField(
        label="Montrer cette personne sur la fiche publique (avec son accord)", required=False
    )


class CapacityForm(Row):
    """Free teams of one month, or the same ones for several in a row."""

    key_field = "quantity"

    quantity = forms.IntegerField(
        label="Combien ?", min_value=0, max_value=500, required=False,
        help_text="0 : aucune ce mois-ci.",
        error_messages={
            "invalid": "Un nombre entier est attendu.", "min_value": "Un nombre positif est attendu.",
            "max_value": "Au plus 500.",
        },
    )  # fmt: skip
    unit = forms.ChoiceField(
        label="De quoi ?", choices=Capacity.Unit.choices, initial="teams", required=False
    )
    month = forms.TypedChoiceField(
        label="À partir de quel mois ?", choices=lambda: month_choices(timezone.localdate()),
        coerce=date.fromisoformat, required=False, empty_value=None,
    )  # fmt: skip
    lasting = forms.TypedChoiceField(
        label="Pendant combien de temps ?", coerce=int, required=False, empty_value=1, initial=1,
        choices=[(1, "ce mois seulement"), *((count, f"{count} mois") for count in range(2, MONTHS_AHEAD + 1))],
    )  # fmt: skip
    sector = SectorField(label="Métier, s’il faut le préciser", required=False)
    area = forms.CharField(label="Zone, s’il faut la préciser", max_length=80, required=False)

    def is_filled(self) -> bool:
        return self.cleaned_data.get("quantity") is not None

    def clean(self) -> dict[str, Any]:
        values = forms.Form.clean(self) or {}
        if (
            (values.get("sector") or values.get("area"))
            and not self.is_filled()
            and "quantity" not in self.errors
        ):
            self.add_error("quantity", "Donnez un nombre, ou videz la ligne.")
        if values.get("month") is None and "month" not in self.errors:
            values["month"] = timezone.localdate().replace(day=1)
        if self.is_filled() and values.get("month") and "lasting" not in self.errors:
            self._spread(values)
        return values

    def _spread(self, values: dict[str, Any]) -> None:
        """The months the line speaks of; those that cannot be said yet are refused, not dropped."""
        known = [date.fromisoformat(value) for value, _ in month_choices(timezone.localdate())]
        first = known.index(values["month"])
        values["months"] = known[first : first + values["lasting"]]
        if len(values["months"]) < values["lasting"]:
            self.add_error("lasting", f"On ne peut pas encore dire au-delà de {month_words(known[-1])}.")


class CapacityRows(Rows):
    """Two lines must not speak of the same teams."""

    def clean(self) -> None:
        self.refuse_twice(
            lambda values: [
                (values["sector"], values["area"].casefold(), month, values["unit"])
                for month in values["months"]
            ],
            "quantity",
            "Une autre ligne parle déjà de ce mois, de ce métier et de cette zone.",
        )


def month_choices(today: date) -> list[tuple[str, str]]:
    """This month and the next ones."""
    months = (add_months(first_of(today), ahead) for ahead in range(MONTHS_AHEAD))
    return [(month.isoformat(), month_words(month)) for month in months]


def month_to_say(day: str, today: date) -> date | None:
    """The month of a day (ISO), when free teams may be said of it; None for another one, or for no day."""
    month = f"{day[:7]}-01"
    return date.fromisoformat(month) if month in dict(month_choices(today)) else None


class PresentationForm(forms.Form):
    """Who the structure is, and how to reach it."""

    brand = forms.CharField(
        label="Nom d’usage", max_length=255, required=False, help_text="Celui que connaissent vos clients."
    )
    description = forms.CharField(
        label="Présentation", max_length=5_000, required=False, widget=_text(6),
        help_text="Ce que vous faites, pour qui, ce qui vous distingue. Pas de nom de personne.",
    )  # fmt: skip
    phone = PhoneField(label="Téléphone de la structure")
    email = forms.EmailField(label="Courriel de la structure", required=False)
    website = forms.URLField(label="Site", max_length=300, required=False, assume_scheme="https")


class WorkforceForm(forms.Form):
    """How many people work there, and the bracket of the turnover."""

    insertion = forms.IntegerField(
        label="Personnes en insertion (ou travailleurs handicapés)",
        min_value=0,
        max_value=99_999,
        required=False,
    )
    permanent = forms.IntegerField(label="Permanents", min_value=0, max_value=99_999, required=False)
    places = forms.IntegerField(
        label="Places autorisées", min_value=0, max_value=99_999, required=False,
        help_text="Pour un ESAT : celles de l’arrêté d’autorisation.",
    )  # fmt: skip
    turnover = forms.ChoiceField(
        label="Chiffre d’affaires annuel", choices=[("", "Non renseigné"), *TURNOVERS.items()], required=False
    )


class ImageForm(forms.Form):
    """One picture and what it shows."""

    image = forms.FileField(
        label="Image", widget=forms.FileInput({"accept": ".jpg,.jpeg,.png,.webp"}),
        error_messages={"required": "Choisissez une image sur votre appareil.", "empty": "Cette image est vide."},
        help_text="JPEG, PNG ou WebP, 10 Mo au plus. Pas de personne reconnaissable sans son accord.",
    )  # fmt: skip
    caption = forms.CharField(
        label="Ce que montre l’image", max_length=150, error_messages={"required": "Dites ce que montre l’image."},
        help_text="Lu à voix haute aux personnes qui ne la voient pas.",
    )  # fmt: skip


def rows_of(form: type[Row], rows: type[Rows] = Rows, most: int = 30, extra: int = 1) -> type[Rows]:
    """The list of forms of a part."""
    made: type[Rows] = formset_factory(
        form,
        formset=rows,
        extra=extra,
        can_delete=True,
        max_num=most,
        validate_max=True,
        absolute_max=most + 20,
    )
    return made
