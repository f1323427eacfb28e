"""Exact centres, FRR classes and QPV codes of communes, from official CSV files."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from levier.reference.distances import haversine_km
from levier.reference.sources.csv_rows import ReadFile, RefusedLineError, read_csv
from levier.reference.sources.priority_districts import CODE, why_not

NAME = "communes"
SOURCE = "Fichier officiel importé (INSEE, ANCT, DGCL)"
LICENCE = "Licence Ouverte 2.0"
COLUMNS = ("code", "latitude", "longitude", "frr_class", "is_frr", "qpv_codes")

# A column that is absent from the file is staged as this, and changes nothing.
ABSENT = "␀"
# Approximate centres err by some 150 km in Guyane and 1,600 in Polynésie: beyond, the columns are swapped.
MAX_KM_FROM_KNOWN = 2_000

MERGE = """
    UPDATE reference_commune AS kept SET
        latitude = fresh.latitude, longitude = fresh.longitude, precision = fresh.precision,
        centre_source = fresh.centre_source, frr_class = fresh.frr_class, is_frr = fresh.is_frr,
        qpv_codes = fresh.qpv_codes, has_qpv = fresh.has_qpv
    FROM (
        SELECT c.code,
            CASE WHEN s.latitude IN ('', '␀') THEN c.latitude ELSE s.latitude::float END AS latitude,
            CASE WHEN s.latitude IN ('', '␀') THEN c.longitude ELSE s.longitude::float END AS longitude,
            CASE WHEN s.latitude IN ('', '␀') THEN c.precision ELSE 'commune' END AS precision,
            CASE WHEN s.latitude IN ('', '␀') THEN c.centre_source ELSE 'import' END AS centre_source,
            CASE s.frr_class WHEN '␀' THEN c.frr_class ELSE s.frr_class END AS frr_class,
            CASE s.frr_class WHEN '␀' THEN c.is_frr ELSE nullif(s.is_frr, '')::boolean END AS is_frr,
            CASE s.qpv_codes WHEN '␀' THEN c.qpv_codes
                 ELSE coalesce(string_to_array(nullif(s.qpv_codes, ''), '|')::varchar[], '{}')
            END AS qpv_codes,
            CASE s.qpv_codes WHEN '␀' THEN c.has_qpv ELSE s.qpv_codes <> '' END AS has_qpv
        FROM staged AS s JOIN reference_commune AS c ON c.code = s.code
    ) AS fresh
    WHERE kept.code = fresh.code AND (
        kept.latitude, kept.longitude, kept.centre_source, kept.frr_class, kept.is_frr,
        kept.qpv_codes, kept.has_qpv
    ) IS DISTINCT FROM (
        fresh.latitude, fresh.longitude, fresh.centre_source, fresh.frr_class, fresh.is_frr,
        fresh.qpv_codes, fresh.has_qpv
    )
"""


@dataclass(frozen=True)
class CommuneFacts:
    """What a file says of one commune, ready to be staged."""

    code: str
    latitude: str
    longitude: str
    frr_class: str
    is_frr: str
    qpv_codes: str

    def as_tuple(self) -> tuple[str, ...]:
        return self.code, self.latitude, self.longitude, self.frr_class, self.is_frr, self.qpv_codes


def read(path: Path, known: Mapping[str, tuple[float, float]]) -> ReadFile[CommuneFacts]:
    """Facts of the file on the communes of `known` (code → centre in degrees). Raises UnreadableFileError."""
    return read_csv(path, partial(_parse, known=known), key=lambda row: row.code, required=("code_insee",))


def _parse(cells: Mapping[str, str], *, known: Mapping[str, tuple[float, float]]) -> CommuneFacts:
    code = cells.get("code_insee", "").upper().zfill(5)
    if code not in known:
        raise RefusedLineError(
            f"code_insee : {code} ne désigne aucune commune connue (fusion ou faute de frappe ?)"
        )
    latitude, longitude = _centre(cells, known[code])
    frr_class = next(
        (cells[name] for name in cells if name == "frr_2025" or name.startswith("classement frr")), ABSENT
    )
    return CommuneFacts(code, latitude, longitude, frr_class, _is_frr(frr_class), _qpv_codes(cells))


def _centre(cells: Mapping[str, str], known: tuple[float, float]) -> tuple[str, str]:
    if "latitude" not in cells or "longitude" not in cells:
        return ABSENT, ABSENT
    texts = cells["latitude"].replace(",", "."), cells["longitude"].replace(",", ".")
    if texts == ("", ""):
        return "", ""
    try:
        latitude, longitude = float(texts[0]), float(texts[1])
    except ValueError:
        raise RefusedLineError("latitude, longitude : deux nombres en degrés sont attendus") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise RefusedLineError(f"latitude, longitude : {texts[0]}, {texts[1]} ne sont pas des degrés")
    gap = haversine_km(latitude, longitude, *known)
    if gap > MAX_KM_FROM_KNOWN:
        raise RefusedLineError(f"latitude, longitude : à {gap:.0f} km du centre connu, colonnes inversées ?")
    return texts


def _is_frr(frr_class: str) -> str:
    """« true », « false », or empty when the class is unknown or covers a part of the commune only."""
    folded = frr_class.lower()
    if frr_class in {"", ABSENT} or "partiel" in folded:
        return ""
    return "false" if folded.startswith("non") else "true"


def _qpv_codes(cells: Mapping[str, str]) -> str:
    if "qpv_2024" not in cells:
        return ABSENT
    codes = [code.upper() for code in re.split(r"[|,; ]+", cells["qpv_2024"]) if code]
    bad = [code for code in codes if not CODE.fullmatch(code)]
    if bad:
        raise RefusedLineError(f"qpv_2024 : {why_not(bad[0])}")
    return "|".join(sorted(set(codes)))
