"""Forms of files: the file itself, then what each of its columns says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from levier.execution.errors import RefusedError
from levier.execution.incoming.columns import MONTH_COLUMN, TAKING_FIELDS, read_day
from levier.execution.incoming.sheets import LARGEST_BYTES
from levier.execution.people.forms import choice_field
from levier.facilitators.forms.fields import text_field

_ACCEPT = ".csv,.txt,.tsv,.xlsx,.xls,.ods"


class _LightFile(forms.FileField):
    """A file refused on its weight before anything of it is read."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if file and file.size > LARGEST_BYTES:
            raise forms.ValidationError(
                f"Ce fichier dépasse {LARGEST_BYTES // 1024**2} Mo : gardez les colonnes utiles seulement."
            )
        return file


def _file_field(label: str) -> forms.FileField:
    return _LightFile(
        label=label,
        help_text=f"CSV, XLSX ou ODS, {LARGEST_BYTES // 1024**2} Mo au plus. Tel qu’il est : ses colonnes sont reconnues, vous corrigez.",
        widget=forms.FileInput(attrs={"class": "form-control", "accept": _ACCEPT}),
        error_messages={"required": "Choisissez un fichier.", "empty": "Ce fichier est vide."},
    )


class TakingForm(forms.Form):
    """A spreadsheet to take over."""

    file = _file_field("Votre tableau de suivi, ou l’export de votre ancien outil")
    structure = choice_field("Pour la structure", ())

    def __init__(self, *args: Any, structures: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["structure"].choices = list(structures)  # type: ignore[attr-defined]


class HoursFileForm(forms.Form):
    """The hours of a month."""

    file = _file_field("Le fichier des heures (paie, intérim, tableau)")
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$", label="Mois des lignes qui ne le disent pas",
        widget=forms.TextInput(attrs={"class": "form-control w-auto", "type": "month"}),
        error_messages={"required": "Dites de quel mois il s’agit.", "invalid": "Écrivez le mois comme 2026-03."},
    )  # fmt: skip

    def clean_month(self) -> date:
        """Its first day."""
        return date.fromisoformat(f"{self.cleaned_data['month']}-01")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the page of a file said of its columns; anything else it holds is ignored."""

    sheet: int
    roles: dict[int, str]
    year: int | None
    month: date | None
    contract: str
    sirens: dict[str, str] = field(default_factory=dict)
    sheets: tuple[int, ...] = ()
    names_say: str = ""
    # Key of a contract → its beginning and its end, ISO or empty.
    dates: dict[str, tuple[str, str]] = field(default_factory=dict)


def read_choices(posted: QueryDict) -> Choices:
    """The fields of the mapping screen: `role-3`, `annee`, `lire` for each sheet, `noms`, `siren-2` beside `nom-2`.

    `siren-d2`, `nom-d2`: what was said before. `cle-1`, `debut-1`, `fin-1`: the dates of a contract; `fin-tous`: of those left without end.
    """
    texts = {name: str(value) for name, value in posted.items()}
    roles: dict[int, str] = {}
    sirens: dict[str, str] = {}
    for name, value in texts.items():
        if found := re.fullmatch(r"role-(\d{1,3})", name):
            roles[int(found[1])] = value if value in (*TAKING_FIELDS, MONTH_COLUMN) else ""
        elif found := re.fullmatch(r"siren-(d?\d{1,3})", name):
            sirens[texts.get(f"nom-{found[1]}", "")[:200]] = value.strip()[:20]
    sirens.pop("", None)
    for side in ("buyer", "holder"):
        if texts.get(f"siren-{side}", "").strip():
            sirens[side] = texts[f"siren-{side}"].strip()[:20]
    sheet, year, month = texts.get("feuille", "0"), texts.get("annee", ""), texts.get("mois", "")
    return Choices(
        sheet=int(sheet) if sheet.isdecimal() and len(sheet) < 4 else 0,
        roles=roles,
        year=int(year) if re.fullmatch(r"20\d\d", year) else None,
        month=date.fromisoformat(f"{month}-01") if re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", month) else None,
        contract=texts.get("contrat", ""),
        sirens=sirens,
        sheets=tuple(int(rank) for rank in posted.getlist("lire") if rank.isdecimal() and len(rank) < 4),
        names_say=texts.get("noms", ""),
        dates=_dates(texts),
    )


def _dates(texts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The dates said of contracts. Raises RefusedError for one that is no date, or an end before its beginning."""
    found = {}
    for name, key in texts.items():
        if said := re.fullmatch(r"cle-(\d{1,3})", name):
            starts = _said_day(texts.get(f"debut-{said[1]}", ""))
            ends = _said_day(texts.get(f"fin-{said[1]}", "") or texts.get("fin-tous", ""))
            if starts and ends and ends < starts:
                words = texts.get(f"mots-{said[1]}", "un contrat")[:80]
                raise RefusedError(
                    f"« {words} » finirait avant de commencer : corrigez l’une de ses deux dates."
                )
            found[key[:400]] = (starts, ends)
    return found


def _said_day(text: str) -> str:
    return day.isoformat() if (day := read_day(text)) else ""


class KeyForm(forms.Form):
    """A key for a program."""

    organisation = choice_field("Au nom de", ())
    label = text_field(
        "Pour quel logiciel",
        most=80,
        required=True,
        help_text="Par exemple le nom de votre logiciel de paie.",
    )

    def __init__(self, *args: Any, organisations: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = list(organisations)  # type: ignore[attr-defined]
