"""A purchase sector in a form: typed, with the list of sectors under the field, and understood in everyday words too."""

from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from levier.core.search import french
from levier.reference.sectors import Sector, all_sectors, find_sector, sectors_asked

LIST_ID = "metiers-proposes"
# Two trades a hair apart are both shown: the person says which.
_MARGIN = 0.05
_MOST_OFFERED = 4


@cache
def sector_choices() -> tuple[tuple[str, list[tuple[str, str]]], ...]:
    """Every sector (slug, label) under the name of its family, as a select shows them."""
    families: dict[str, list[tuple[str, str]]] = {}
    for one in all_sectors():
        families.setdefault(one.group.label, []).append((one.slug, one.label))
    return tuple(families.items())


@cache
def _by_label() -> dict[str, Sector]:
    return {french.exact_form(one.label): one for one in all_sectors()}


def _beginning_with(typed: str) -> list[Sector]:
    """The sectors whose label begins with these words; none for a beginning of three letters or less."""
    said = french.exact_form(typed)
    return [one for label, one in _by_label().items() if label.startswith(said)] if len(said) > 3 else []


class SectorField(forms.CharField):
    """One purchase sector, cleaned to its slug. The page holds the list once (`{% sector_list %}`), however many fields it has."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "Commencez à écrire : la liste propose.")
        options.setdefault("widget", forms.TextInput({"list": LIST_ID, "autocomplete": "off"}))
        super().__init__(max_length=120, **options)

    def prepare_value(self, value: Any) -> Any:
        """A slug is written by its name."""
        found = find_sector(value) if isinstance(value, str) else None
        return found.label if found else value

    def clean(self, value: Any) -> str:
        """The slug of a label, of a slug, or of words that mean one trade alone; an empty text when nothing is typed."""
        typed = " ".join(str(super().clean(value)).split())
        if not typed:
            return ""
        known = find_sector(typed) or _by_label().get(french.exact_form(typed))
        if known:
            return known.slug
        guesses = sectors_asked(typed)
        near = [one.sector for one in guesses if one.confidence >= guesses[0].confidence - _MARGIN]
        # « Mise à disposition » has no word that names a trade, and begins one label alone.
        near = near or _beginning_with(typed)
        if len(near) == 1:
            return near[0].slug
        if near:
            offered = " ; ".join(one.label for one in near[:_MOST_OFFERED])
            raise ValidationError(f"« {typed} » peut dire plusieurs métiers : recopiez le bon. {offered}.")
        raise ValidationError(
            f"« {typed} » n’est pas un métier de la liste : essayez un mot plus courant, ou choisissez dans la liste."
        )
