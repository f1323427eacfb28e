"""Where notices are: a file, a folder, a ZIP or TAR archive of eForms, or the JSON of the BOAMP; one at a time."""

import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from levier.core.json_stream import BrokenJsonError, ListNotFoundError, records
from levier.purchasing.contracts.formats import UnreadableFileError
from levier.purchasing.notices.elements import day_of, is_web_address
from levier.purchasing.notices.national import FORMS, read_national
from levier.purchasing.notices.notice import ReadNotice, SkippedNoticeError
from levier.purchasing.notices.reading import read_notice
from levier.purchasing.notices.trees import (
    LARGEST_NOTICE,
    UnreadableNoticeError,
    tree_of_json,
    tree_of_xml,
)

# Members of one archive, and files of one folder: several years of the country.
MOST_FILES = 400_000
_JSON_LISTS = ("results", "records")
_OLD = "formulaire ancien ou divers : seuls les avis eForms, FNSimple et MAPA sont lus"


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at one place: a notice, or why there is none (`skipped`: not for us; `problem`: unreadable)."""

    place: str
    notice: ReadNotice | None = None
    skipped: str = ""
    problem: str = ""


def notices_in(path: Path) -> Iterator[Found]:
    """Every notice of a file, a folder or an archive. Raises UnreadableFileError when the whole cannot be opened."""
    if path.is_dir():
        yield from _of_folder(path)
        return
    try:
        if zipfile.is_zipfile(path):
            yield from _of_zip(path)
        elif tarfile.is_tarfile(path):
            yield from _of_tar(path)
        else:
            yield from _of_file(path, path.name)
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as problem:
        raise UnreadableFileError(
            f"Le fichier « {path.name} » est absent, coupé ou abîmé ({problem}) : téléchargez-le à nouveau."
        ) from None


def _of_folder(path: Path) -> Iterator[Found]:
    files = sorted(one for one in path.rglob("*") if one.suffix.lower() in {".xml", ".json", ".jsonl", ".gz"})
    if not files:
        raise UnreadableFileError(
            f"Le dossier « {path.name} » ne contient aucun avis : il y faut des fichiers .xml ou .json."
        )
    _refuse_too_many(path, len(files))
    for one in files:
        try:
            yield from _of_file(one, str(one.relative_to(path)))
        except (OSError, EOFError, UnreadableFileError) as problem:
            yield Found(str(one.relative_to(path)), problem=f"il ne peut pas être lu ({problem})")


def _of_file(path: Path, name: str) -> Iterator[Found]:
    with _opened(path) as stream:
        start = stream.read(400).lstrip(b"\xef\xbb\xbf \t\r\n")
        if start[:1] in {b"{", b"["}:
            stream.seek(0)
            yield from _of_json(stream, name)
            return
        if not start:
            raise UnreadableFileError(f"Le fichier « {name} » est vide : téléchargez-le à nouveau.")
        stream.seek(0)
        yield _of_xml(name, stream.read(LARGEST_NOTICE + 1))


def _opened(path: Path) -> Any:
    with path.open("rb") as probe:
        is_compressed = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path) if is_compressed else path.open("rb")


def _of_zip(path: Path) -> Iterator[Found]:
    with zipfile.ZipFile(path) as archive:
        members = [one for one in archive.infolist() if one.filename.lower().endswith(".xml")]
        _refuse_empty(path, len(members))
        _refuse_too_many(path, len(members))
        for one in members:
            with archive.open(one) as stream:
                yield _of_xml(one.filename, stream.read(LARGEST_NOTICE + 1))


def _of_tar(path: Path) -> Iterator[Found]:
    count = 0
    with tarfile.open(path) as archive:
        for one in archive:
            if not one.isfile() or not one.name.lower().endswith(".xml"):
                continue
            count += 1
            _refuse_too_many(path, count)
            stream = archive.extractfile(one)
            yield _of_xml(one.name, stream.read(LARGEST_NOTICE + 1) if stream else b"")
    _refuse_empty(path, count)


def _refuse_empty(path: Path, count: int) -> None:
    if not count:
        raise UnreadableFileError(f"L’archive « {path.name} » ne contient aucun fichier .xml.")


def _refuse_too_many(path: Path, count: int) -> None:
    if count > MOST_FILES:
        raise UnreadableFileError(f"« {path.name} » contient plus de {MOST_FILES} fichiers : coupez-le.")


def _of_xml(name: str, content: bytes) -> Found:
    try:
        return Found(name, read_notice(tree_of_xml(content)))
    except UnreadableNoticeError as problem:
        return Found(name, problem=str(problem))
    except SkippedNoticeError as reason:
        return Found(name, skipped=str(reason))


def _of_json(stream: Any, name: str) -> Iterator[Found]:
    """Records of the BOAMP: each notice is in « donnees », a JSON text or an object."""
    try:
        with io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace") as text:
            for number, record in enumerate(records(text, _JSON_LISTS), start=1):
                if isinstance(record, Mapping):
                    yield _of_record(f"{name}, avis {record.get('idweb') or number}", record)
                else:
                    yield Found(f"{name}, ligne {number}", problem="ce n’est pas un enregistrement du BOAMP")
    except BrokenJsonError as problem:
        raise UnreadableFileError(
            f"Le fichier « {name} » n’est plus du JSON : {problem}. Téléchargez-le à nouveau."
        ) from None
    except ListNotFoundError:
        raise UnreadableFileError(
            f"Le fichier « {name} » ne contient pas la liste « results » des avis du BOAMP."
        ) from None


def _of_record(place: str, record: Mapping[str, Any]) -> Found:
    content = record.get("donnees")
    try:
        content = json.loads(content) if isinstance(content, str) else content
    except ValueError:
        return Found(place, problem="son champ « donnees » n’est pas du JSON")
    if not isinstance(content, Mapping):
        return Found(place, problem="il n’a pas de champ « donnees »")
    if not any(form in content for form in ("EFORMS", *FORMS)):
        return Found(place, skipped=_OLD)
    try:
        is_european = "EFORMS" in content
        notice = read_notice(tree_of_json(content)) if is_european else read_national(record, content)
    except UnreadableNoticeError as problem:
        return Found(place, problem=str(problem))
    except SkippedNoticeError as reason:
        return Found(place, skipped=str(reason))
    url, published = str(record.get("url_avis") or ""), day_of(str(record.get("dateparution") or ""))
    return Found(
        place,
        replace(
            notice,
            url=url if is_web_address(url) else notice.url,
            published_on=published or notice.published_on,
            # Values of « etat » seen elsewhere: INITIAL, AVIS_ANNULE.
            is_cancelled=notice.is_cancelled or "ANNULE" in str(record.get("etat") or "").upper(),
        ),
    )
