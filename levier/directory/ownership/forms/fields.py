"""Fields the parts of the owner's page share: territories as typed, phones."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.reference.models import Departement, Region

_PHONE = re.compile(r"[+0-9][0-9 .()-]{5,28}[0-9]")


class PhoneField(forms.CharField):
    """A telephone number as people write it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput({"type": "tel"}))
        super().__init__(max_length=30, required=False, **options)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        if text and not _PHONE.fullmatch(text):
            raise ValidationError("Ce numéro n’est pas lisible : écrivez par exemple 03 20 00 00 00.")
        return text


@dataclass(frozen=True, slots=True)
class Territories:
    """Codes and names, in the order typed."""

    codes: tuple[str, ...]
    names: tuple[str, ...]


def read_territories(text: str, kind: str) -> Territories:
    """« 59, Pas-de-Calais » → codes and names of départements, or of régions. Raises ValidationError."""
    model: type[Departement | Region] = Departement if kind == "departements" else Region
    known = {str(code): str(name) for code, name in model.objects.values_list("code", "name")}
    by_word = {_plain(code): code for code in known} | {_plain(name): code for code, name in known.items()}
    found: dict[str, str] = {}
    for word in _names(text, by_word):
        code = by_word.get(_plain(word))
        if code is None:
            what = "département" if kind == "departements" else "région"
            raise ValidationError(f"« {word[:40]} » n’est pas un nom ou un code de {what}.")
        found[code] = known[code]
    if not found:
        raise ValidationError("Écrivez au moins un département ou une région, séparés par des virgules.")
    return Territories(tuple(found), tuple(found.values()))


def _names(text: str, known: Mapping[str, str]) -> Iterator[str]:
    """The names typed, between commas or « et »: « Eure-et-Loir et 59 » says two, the longest name first."""
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        words = re.split(r"\s+et\s+", part)
        while words:
            ends = range(len(words), 0, -1)
            end = next((end for end in ends if _plain(" et ".join(words[:end])) in known), len(words))
            yield " et ".join(words[:end])
            words = words[end:]


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(char for char in letters if char.isalnum())
