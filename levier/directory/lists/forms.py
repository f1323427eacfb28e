"""The two forms of a list that is brought: the file, then the correspondence of its columns."""

from collections.abc import Sequence

from django import forms

from levier.directory.kinds import KINDS
from levier.directory.lists.proposing import COLUMN_LABELS
from levier.directory.sources.mapped.source import COLUMNS

_MUST = ("siret", "nom")


class ListForm(forms.Form):
    """The file and the name under which its correspondence is kept."""

    label = forms.CharField(
        label="Nom de la liste",
        max_length=150,
        help_text="Par exemple « Adhérents du réseau 2026 ». Le même nom reprend la même correspondance de colonnes.",
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label="Fichier",
        help_text="CSV ou classeur (xlsx, ods), 20 Mo au plus : des titres de colonnes, puis une structure par ligne.",
        widget=forms.FileInput({"class": "form-control", "accept": ".csv,.txt,.tsv,.xlsx,.xls,.ods,.gz"}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )


class ColumnsForm(forms.Form):
    """Which of their columns fills each of ours, and the kind when no column gives it."""

    label = forms.CharField(
        label="Nom de la liste", max_length=150, widget=forms.TextInput({"class": "form-control"})
    )
    kind = forms.ChoiceField(
        label="Type de toutes les lignes",
        required=False,
        choices=[("", "donné par une colonne"), *((kind.code, kind.name) for kind in KINDS)],
        widget=forms.Select({"class": "form-select"}),
    )

    def __init__(self, *args: object, titles: Sequence[str], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [("", "aucune"), *((title, title) for title in titles if title)]
        for column in COLUMNS:
            self.fields[f"column_{column}"] = forms.ChoiceField(
                label=COLUMN_LABELS[column],
                required=column in _MUST,
                choices=choices,
                widget=forms.Select({"class": "form-select"}),
                error_messages={
                    "required": "Sans cette colonne aucune ligne n’entre : choisissez-la.",
                    "invalid_choice": "Cette colonne n’est plus dans le fichier : choisissez-en une autre.",
                },
            )

    @property
    def must_fields(self) -> list[forms.BoundField]:
        """The columns without which no row comes in, and the two ways to say the kind."""
        return [*(self[f"column_{column}"] for column in _MUST), self["column_type"], self["kind"]]

    @property
    def other_fields(self) -> list[forms.BoundField]:
        """Columns that may stay empty, and were recognised or chosen."""
        return [field for field in self._optional_fields() if field.value()]

    @property
    def unused_fields(self) -> list[forms.BoundField]:
        """Columns that may stay empty, and do."""
        return [field for field in self._optional_fields() if not field.value()]

    def _optional_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{column}"] for column in COLUMNS if column not in {*_MUST, "type"}]

    def columns(self) -> dict[str, str]:
        """Our column → their title."""
        return {
            column: self.cleaned_data[f"column_{column}"]
            for column in COLUMNS
            if self.cleaned_data.get(f"column_{column}")
        }
