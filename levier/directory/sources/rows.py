"""The rules of a row that a table cannot say alone: who keeps a disputed key, groups without a column, activities.

The others are stages/4_resolve_judge_*.sql, which ask for these (`judging.py`).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from levier.directory.inference import Deduction, activity_of
from levier.directory.labels import LABEL_GROUP, LABELS
from levier.reference.sectors import UnknownSectorError, all_sectors, sector, sectors_asked

# Sorted names: the same values always give the same text, hence the same hash.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
# From here on, a trade in everyday words is the one the list means.
_SURE = 0.9


@dataclass(frozen=True, slots=True)
class AcceptedRow:
    """A row ready to be published: one source record of one supplier."""

    source_key: str
    key: str
    kind: str
    siren: str | None
    siret: str | None
    values: str
    content_hash: str
    # Of the line as it was read, and what was said of it: both serve when the same line comes back.
    row_hash: str = ""
    anomalies: tuple[str, ...] = ()


def settled(
    rows: Iterable[dict[str, Any]], holders: Mapping[str, str], *, has_prefix: bool
) -> Iterator[tuple[int, str, bool, str | None]]:
    """(row, key, whether its number is another's, reason of refusal) of each row, in the order of ``rows``."""
    line_of: dict[str, int] = {}
    line_of_record: dict[str, int] = {}
    for row in rows:
        key, source_key, is_shared = row["key"], row["source_key"], False
        reason = row["refused_kind"]
        if not reason and source_key in line_of_record:
            reason = f"doublon de la ligne {line_of_record[source_key]}"
        reason = reason or row["refused_number"]
        if not reason:
            is_taken = key in line_of or (has_prefix and holders.get(key, source_key) != source_key)
            if row["claims_number"] and is_taken:
                # Two places of one establishment number (ESAT annexes, antennas): each stays a place to find.
                is_shared, key = has_prefix, row["own_key"] if has_prefix else key
                reason = (
                    None
                    if has_prefix
                    else f"doublon de la ligne {line_of[key]} (même identifiant, même type)"
                )
            else:
                reason = row["refused_unknown"]
        reason = reason or row["refused_label"]
        if not reason:
            line_of[key] = line_of_record[source_key] = row["line"]
        yield row["row"], key, is_shared, reason


@lru_cache(maxsize=20_000)
def activity_text(found: Deduction) -> str | None:
    """The group « activity » of a record that states none, as JSON; None when nothing is sure enough."""
    activity = activity_of(found)
    return _ENCODER.encode(activity) if activity else None


@lru_cache(maxsize=20_000)
def groups(extra: str) -> tuple[list[str], str | None]:
    """Groups without a column as members of a JSON object, and the first label that nobody knows.

    Their empty members are left out, and so is a group that says nothing.
    """
    kept: list[str] = []
    for name, value in json.loads(extra).items():
        if isinstance(value, dict):
            value = {key: one for key, one in value.items() if one not in (None, "", [])}
        if value in (None, "", [], {}):
            continue
        if name.startswith(LABEL_GROUP) and name.removeprefix(LABEL_GROUP) not in LABELS:
            return [], name.removeprefix(LABEL_GROUP)[:40]
        kept.append(_ENCODER.encode({name: value})[1:-1])
    return kept, None


@lru_cache(maxsize=20_000)
def stated(words: str) -> tuple[str | None, list[str]]:
    """The activities that a source states, as JSON, and what is said of the words that name no sector."""
    slugs: list[str] = []
    said: list[str] = []
    read: list[str] = []
    for word in _sectors_written(words):
        if slug := _sector_slug(word):
            slugs.append(slug)
        elif meant := _sectors_meant(word):
            slugs += meant
            read.append(word[:40])
        else:
            said.append(f"secteur inconnu : « {word[:80]} »")
    origin = "déclarées par la source"
    if read:
        origin += f", dans ses mots : {', '.join(f'« {word} »' for word in _once(read)[:3])}"
    activity = {
        "sectors": _once(slugs), "status": "stated", "origin": origin, "confidence": _SURE if read else 1,
    }  # fmt: skip
    return _ENCODER.encode(activity) if slugs else None, _once(said)


def _sectors_meant(word: str) -> list[str]:
    """The sectors of a trade written in everyday words (« Espaces verts »), when they are sure enough to be stated."""
    return [guess.sector.slug for guess in sectors_asked(word) if guess.confidence >= _SURE]


def _sectors_written(words: str) -> Iterator[str]:
    """The words between separators. A comma may stand in a label (« Plomberie, chauffage »): the longest label is taken."""
    for part in words.replace("|", ";").split(";"):
        pieces = [piece.strip() for piece in part.split(",") if piece.strip()]
        while pieces:
            size = next(
                (size for size in range(len(pieces), 1, -1) if _sector_slug(", ".join(pieces[:size]))), 1
            )
            yield ", ".join(pieces[:size])
            del pieces[:size]


def _once(texts: Collection[str]) -> list[str]:
    return list(dict.fromkeys(texts))


@lru_cache(maxsize=5_000)
def _sector_slug(word: str) -> str:
    """The slug of a sector written as our slug or our label; empty when it is neither."""
    try:
        return sector(word).slug
    except UnknownSectorError:
        # Keyboards type the straight apostrophe, our labels bear the other one.
        wanted = word.casefold().replace("'", "’")
        return next((one.slug for one in all_sectors() if one.label.casefold() == wanted), "")
