"""The perimeters of priority districts: GeoJSON in degrees, alone or in the publisher's archive."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from levier.core.json_stream import BrokenJsonError, ListNotFoundError, records
from levier.reference.sources.csv_rows import ReadFile, RefusedLineError, Rejection, UnreadableFileError

NAME = "priority_districts"
SOURCE = "ANCT, périmètres des quartiers prioritaires"
LICENCE = "Licence Ouverte 2.0"
# The archive holds one file per territory; this one covers them all, in degrees.
ENTRY = re.compile(r"wgs84\.geojson$", re.IGNORECASE)
CODE = re.compile(r"QN[0-9AB]{5}[A-Z0-9]")
_FORMER = re.compile(r"QP[0-9AB]{5}[A-Z0-9]")
_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}")


@dataclass(frozen=True, slots=True)
class District:
    """One perimeter as the file gives it: rings of [longitude, latitude]."""

    code: str
    name: str
    communes: tuple[str, ...]
    rings: list[list[list[float]]]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        points = [point for ring in self.rings for point in ring]
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        return min(xs), min(ys), max(xs), max(ys)


def read(path: Path) -> ReadFile[District]:
    """The districts of the file; one that cannot be used is refused with its number. Raises UnreadableFileError."""
    rows: list[District] = []
    rejections: list[Rejection] = []
    seen: dict[str, int] = {}
    try:
        for number, feature in enumerate(_features(path), start=1):
            try:
                district = _district(feature)
                if district.code in seen:
                    raise RefusedLineError(f"{district.code} déjà donné à l’entité {seen[district.code]}")
            except RefusedLineError as refusal:
                rejections.append(Rejection(number, str(refusal)))
                continue
            seen[district.code] = number
            rows.append(district)
    except (BrokenJsonError, ListNotFoundError, UnicodeDecodeError):
        raise UnreadableFileError(f"{path.name} : un GeoJSON (« features ») est attendu.") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise UnreadableFileError(f"{path.name} : fichier illisible ({type(error).__name__}).") from None
    if not rows and not rejections:
        raise UnreadableFileError(f"{path.name} : aucun quartier dans le fichier.")
    with path.open("rb") as stream:
        checksum = hashlib.file_digest(stream, "sha256").hexdigest()
    return ReadFile(tuple(rows), tuple(rejections), checksum)


def _features(path: Path) -> Iterator[Any]:
    with io.TextIOWrapper(_open(path), encoding="utf-8-sig") as text:
        yield from records(text, ("features",))


def _open(path: Path) -> IO[bytes]:
    if not zipfile.is_zipfile(path):
        return path.open("rb")
    archive = zipfile.ZipFile(path)
    names = [name for name in archive.namelist() if ENTRY.search(name)]
    if len(names) != 1:
        raise UnreadableFileError(
            f"{path.name} : l’archive contient {len(names)} fichiers « …WGS84.geojson », un seul est attendu."
        )
    return archive.open(names[0])


def _district(feature: Any) -> District:
    properties = (feature.get("properties") or {}) if isinstance(feature, dict) else {}
    code = str(properties.get("code_qp") or "").strip().upper()
    if not CODE.fullmatch(code):
        raise RefusedLineError(f"code_qp : {why_not(code)}")
    rings = _rings((feature.get("geometry") or {}), code)
    name = properties.get("lib_qp") or properties.get("nom_qp") or code
    communes = properties.get("insee_com") or properties.get("code_commune") or ""
    return District(code, str(name)[:200], tuple(dict.fromkeys(_COMMUNE.findall(str(communes)))), rings)


def why_not(code: str) -> str:
    """Why this is not the code of a district in force, for a rejected line."""
    if _FORMER.fullmatch(code):
        return (
            f"« {code} » est un quartier de 2015, remplacé en 2024 (2025 outre-mer) : prenez les périmètres en vigueur "
            "(codes en QN)"
        )
    return f"« {code[:20]} » n’est pas un code de quartier (QN00103M)"


def _rings(geometry: dict[str, Any], code: str) -> list[list[list[float]]]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    if kind not in {"Polygon", "MultiPolygon"}:
        raise RefusedLineError(f"{code} : un contour (Polygon, MultiPolygon) est attendu, pas « {kind} »")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    try:
        rings = [
            [[round(float(x), 6), round(float(y), 6)] for x, y, *_ in ring]
            for polygon in polygons for ring in polygon
        ]  # fmt: skip
    except (TypeError, ValueError):
        raise RefusedLineError(f"{code} : contour illisible") from None
    if not rings or any(len(ring) < 4 for ring in rings):
        raise RefusedLineError(f"{code} : contour vide ou ouvert")
    if any(not (-180 <= x <= 180 and -90 <= y <= 90) for ring in rings for x, y in ring):
        raise RefusedLineError(
            f"{code} : coordonnées en mètres ; prenez le fichier en degrés (« …WGS84.geojson »)"
        )
    return rings
