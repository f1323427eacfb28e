"""Reads the file of the people who work for structures: our documented CSV, one person a row."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from levier.facilitators.models import Mission, Rank, Structure
from levier.facilitators.reading import Places, area_of, fold_city, pieces_of
from levier.facilitators.reading_table import RejectedRowError, day_of, table_rows
from levier.reference.places.folding import fold

COLUMNS = (
    "structure",
    "first_name",
    "last_name",
    "email",
    "phone",
    "public",
    "missions",
    "fte",
    "skills",
    "languages",
    "employer",
    "territories",
    "rank",
    "absent",
)
_REQUIRED = {"structure", "first_name", "last_name"}
_PUBLIC = {"": (False, False), "rien": (False, False), "nom": (True, False), "contact": (True, True)}


@dataclass(frozen=True)
class PersonRow:
    """Somebody ready to be written; `key` says which person of the structure the row changes."""

    structure_id: int
    first_name: str
    last_name: str
    email: str
    phone: str
    is_name_public: bool
    is_contact_public: bool
    missions: tuple[str, ...]
    fte: Decimal | None
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    employer: str
    territories: tuple[str, ...]
    rank: str
    absent_from: date | None
    absent_to: date | None

    @property
    def key(self) -> tuple[int, str, str]:
        """Structure, then the folded name: accents and hyphens do not make two people."""
        return self.structure_id, fold_city(self.first_name), fold_city(self.last_name)

    @property
    def content_hash(self) -> str:
        """Fingerprint: an unchanged row is not written again."""
        content = "\x1f".join(str(value) for value in vars(self).values())
        return hashlib.sha256(content.encode()).hexdigest()[:32]


class KnownStructures:
    """Finds the structure a row names: by SIRET, else by a name that only one structure has."""

    def __init__(self) -> None:
        self._by_siret: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for pk, siret, name in Structure.objects.filter(is_active=True).values_list("id", "siret", "name"):
            if siret:
                self._by_siret.setdefault(siret, []).append(pk)
            self._by_name.setdefault(fold_city(name), []).append(pk)

    def find(self, written: str) -> int:
        """The structure's number. Raises RejectedRowError when none or several answer."""
        digits = re.sub(r"\s", "", written)
        found = self._by_siret.get(digits) if re.fullmatch(r"[0-9]{14}", digits) else None
        found = found or self._by_name.get(fold_city(written), [])
        if not found:
            raise RejectedRowError(
                f"Colonne « structure » : « {written} » est inconnue ; importez d’abord les structures, ou donnez son SIRET."
            )
        if len(found) > 1:
            raise RejectedRowError(
                f"Colonne « structure » : {len(found)} structures répondent à « {written} » ; donnez le SIRET."
            )
        return found[0]


def people_rows(path: Path, places: Places) -> Iterator[tuple[str, PersonRow | str]]:
    """(« ligne 3 », person) or (« ligne 3 », reason of the rejection). Raises UnreadableFileError.

    Somebody written a second time otherwise is refused: which of the two is right is not ours to guess.
    """
    known = KnownStructures()
    first: dict[tuple[int, str, str], tuple[str, PersonRow]] = {}
    for where, cells in table_rows(path, required=_REQUIRED, columns=COLUMNS):
        try:
            if isinstance(cells, str):
                raise RejectedRowError(cells)
            row = _row(cells, known, places)
            known_at, person = first.setdefault(row.key, (where, row))
            if person != row:
                raise RejectedRowError(
                    f"Cette personne est déjà donnée à la {known_at}, autrement : gardez une seule des deux lignes."
                )
            yield where, row
        except RejectedRowError as reason:
            yield where, str(reason)


def _row(values: Mapping[str, str], known: KnownStructures, places: Places) -> PersonRow:
    if not values["first_name"] or not values["last_name"]:
        raise RejectedRowError("Le prénom ou le nom est absent.")
    if values["email"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", values["email"], re.I):
        raise RejectedRowError(f"L’adresse « {values['email']} » n’est pas une adresse électronique.")
    if values["public"].casefold() not in _PUBLIC:
        raise RejectedRowError(
            f"Colonne « public » : « {values['public']} » ne se lit pas ; écrivez rien, nom ou contact, selon ce que "
            "la personne accepte."
        )
    is_named, is_reachable = _PUBLIC[values["public"].casefold()]
    absent_from, absent_to = _absence(values["absent"])
    ranks = {fold(word): one.value for one in Rank for word in (one.value, str(one.label))}
    rank = ranks.get(fold(values["rank"]), "") if values["rank"] else Rank.MAIN.value
    if not rank:
        raise RejectedRowError(
            f"Colonne « rank » : « {values['rank']} » est inconnu ; acceptés : {', '.join(Rank.values)}."
        )
    areas = [area_of("territories", piece, places) for piece in pieces_of(values["territories"])]
    return PersonRow(
        structure_id=known.find(values["structure"]),
        first_name=values["first_name"][:80],
        last_name=values["last_name"][:80],
        email=values["email"],
        phone=values["phone"][:20],
        is_name_public=is_named,
        is_contact_public=is_reachable,
        missions=_missions(values["missions"]),
        fte=_fte(values["fte"]),
        skills=tuple(piece[:60] for piece in pieces_of(values["skills"])),
        languages=tuple(piece[:40] for piece in pieces_of(values["languages"])),
        employer=values["employer"][:255],
        territories=tuple(dict.fromkeys(f"{scope}:{code}" for scope, code in areas)),
        rank=rank,
        absent_from=absent_from,
        absent_to=absent_to,
    )


def _missions(text: str) -> tuple[str, ...]:
    known = {fold(word): one.value for one in Mission for word in (one.value, str(one.label))}
    pieces = pieces_of(text)
    unknown = [piece for piece in pieces if fold(piece) not in known]
    if unknown:
        raise RejectedRowError(
            f"Colonne « missions » : « {unknown[0]} » est inconnue ; acceptées : {', '.join(Mission.values)}."
        )
    return tuple(dict.fromkeys(known[fold(piece)] for piece in pieces))


def _fte(text: str) -> Decimal | None:
    if not text:
        return None
    share = text.replace(",", ".").replace(" ", "")
    try:
        value = Decimal(share.removesuffix("%")) / (100 if share.endswith("%") else 1)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value <= 1:
        raise RejectedRowError(
            f"Colonne « fte » : « {text} » ne se lit pas ; écrivez le temps consacré entre 0,01 et 1, par exemple 0,5."
        )
    return value.quantize(Decimal("0.01"))


def _absence(text: str) -> tuple[date | None, date | None]:
    """« 2026-07-01:2026-09-30 », or « 2026-07-01: » when the return is not known."""
    if not text:
        return None, None
    start, _, end = (part.strip() for part in text.partition(":"))
    try:
        first, last = day_of(start), day_of(end) if end else None
    except ValueError:
        raise RejectedRowError(
            f"Colonne « absent » : « {text} » ne se lit pas ; écrivez début:fin, par exemple « 2026-07-01:2026-09-30 »."
        ) from None
    if last and last < first:
        raise RejectedRowError(
            f"Colonne « absent » : « {text} » finit avant de commencer ; corrigez l’une des dates."
        )
    return first, last
