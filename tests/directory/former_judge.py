"""The judge as it was before it was SQL, one row at a time: the measure of test_import_judging.py. Not to be extended."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from levier.directory.inference import WonContracts, inferred_activity
from levier.directory.kinds import CODES
from levier.directory.labels import LABEL_GROUP, LABELS
from levier.directory.sources.definition import SourceDefinition
from levier.directory.sources.rows import AcceptedRow, stated
from levier.organisations.identifiers import is_valid_siren, is_valid_siret, siren_of

# A producer's own trials, left in its file: « TEST IMPORT 2 », « TEST POUR IMPORT ».
_TRIAL_NAME = re.compile(r"test (?:pour )?import\b", re.IGNORECASE)
# Sorted names: the same values always give the same text, hence the same hash.
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class RejectedRowError(ValueError):
    """The row is no supplier; the message is the reason, in French, for the file of rejects."""


@dataclass
class RowJudge:
    """Judges the rows of one file, in order, and keeps the keys already taken.

    ``known_keys``: keys of the suppliers that exist, for a source that only completes them. ``holders``:
    which place already holds a key, where several share a SIRET: it keeps it, whatever the file's order.
    ``naf_links``: NAF 2025 → NAF rév. 2, whose sectors serve both. ``won``: SIRET → the contracts it won.
    """

    source: SourceDefinition
    known_keys: frozenset[str] = frozenset()
    holders: Mapping[str, str] = field(default_factory=dict)
    naf_links: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    won: Mapping[str, tuple[WonContracts, ...]] = field(default_factory=dict)
    _said: list[str] = field(default_factory=list)
    _line_of: dict[str, int] = field(default_factory=dict)
    _line_of_record: dict[str, int] = field(default_factory=dict)

    def accept(self, row: dict[str, Any]) -> AcceptedRow:
        """The row as a source record; RejectedRowError with its reason otherwise."""
        self._said.clear()
        kind = self._kind(row)
        source_key = self._source_key(row)
        siret = self._siret(row)
        siren = self._siren(row, siret)
        key = row["supplier_key"] or self._key(row, kind, source_key, siret, siren)
        values = self._values(row, kind, self.won.get(siret or "", ()))
        if not self.source.completes_all_kinds:
            values |= {"siret": siret} if siret else {}
            values |= {"siren": siren} if siren else {}
        text = _ENCODER.encode(values)
        self._line_of[key] = row["line"]
        self._line_of_record[source_key] = row["line"]
        content_hash = hashlib.md5(f"{key}\n{text}".encode(), usedforsecurity=False).hexdigest()
        return AcceptedRow(
            source_key,
            key,
            kind,
            siren,
            siret,
            text,
            content_hash,
            row["row_hash"],
            tuple(dict.fromkeys(self._said)),
        )

    def _kind(self, row: dict[str, Any]) -> str:
        kind = row["kind"]
        if self.source.completes_all_kinds and not row["supplier_key"]:
            raise RejectedRowError(_nobody(row))
        if not kind:
            raise RejectedRowError("type de structure absent")
        if kind not in CODES or kind not in self.source.kinds:
            raise RejectedRowError(f"type de structure inattendu : « {kind} »")
        if not row["name"] and not self.source.only_completes:
            raise RejectedRowError("nom absent")
        if row["name"] and _TRIAL_NAME.match(row["name"]):
            raise RejectedRowError("fiche d’essai du producteur, à son nom")
        return str(kind)

    def _source_key(self, row: dict[str, Any]) -> str:
        source_key = row["source_key"]
        if not source_key:
            raise RejectedRowError("identifiant absent : ni SIRET ni numéro propre à la source")
        if source_key in self._line_of_record:
            raise RejectedRowError(f"doublon de la ligne {self._line_of_record[source_key]}")
        return str(source_key)[:120]

    def _siret(self, row: dict[str, Any]) -> str | None:
        siret = row["siret"]
        if row["supplier_key"]:
            return None
        if self.source.is_demo:
            if not siret or len(siret) != 14 or is_valid_siren(siret[:9]):
                raise RejectedRowError("un fournisseur de démonstration porte un SIREN impossible")
            return str(siret)
        if siret and is_valid_siret(siret):
            return str(siret)
        if not siret and not self.source.by_siren and not self.source.key_prefix:
            raise RejectedRowError("SIRET absent")
        if siret and self.source.wrong_siret_is_rejected:
            raise RejectedRowError(f"SIRET faux : « {siret} » (14 chiffres et une clé juste sont attendus)")
        if not self.source.by_siren:
            self._said.append("SIRET faux, écarté" if siret else "SIRET absent")
        return None

    def _siren(self, row: dict[str, Any], siret: str | None) -> str | None:
        if siret:
            return siren_of(siret)
        siren = row["siren"]
        if row["supplier_key"]:
            return None
        if siren and is_valid_siren(siren):
            return str(siren)
        if self.source.by_siren:
            raise RejectedRowError(
                f"SIREN faux : « {siren or ''} » (9 chiffres et une clé juste sont attendus)"
            )
        return None

    def _key(
        self, row: dict[str, Any], kind: str, source_key: str, siret: str | None, siren: str | None
    ) -> str:
        prefix = self.source.key_prefix
        own = f"{prefix}-{source_key.lower()}:{kind}"
        if self.source.by_siren:
            key = f"siren-{siren}:{kind}"
        elif siret:
            key = f"{siret}:{kind}"
        else:
            return own
        if key in self._line_of or self.holders.get(key, source_key) != source_key:
            # Two places of one establishment number (ESAT annexes, antennas): each stays a place to find.
            if not prefix:
                raise RejectedRowError(
                    f"doublon de la ligne {self._line_of[key]} (même identifiant, même type)"
                )
            self._said.append("SIRET partagé par plusieurs lieux du même type")
            return own
        if self.source.only_completes and key not in self.known_keys:
            raise RejectedRowError(
                f"aucun fournisseur {kind} au SIRET {siret} : importez d’abord la source qui le donne"
            )
        return key

    def _values(self, row: dict[str, Any], kind: str, won: tuple[WonContracts, ...]) -> dict[str, Any]:
        """Groups of values; an empty one is left out, so that it never hides another source's."""
        if self.source.only_completes:
            return self._completion(row)
        values: dict[str, Any] = {"name": row["name"][:255]}
        for name, longest in (("brand", 255), ("legal_form", 150), ("description", 5_000)):
            if row[name]:
                values[name] = row[name][:longest]
        values |= self._contact(row) | self._place(row) | _convention(row)
        if row["places"] and row["places"] != "0" and len(row["places"]) < 7:
            values["places"] = int(row["places"])
        values |= self._naf(row) | _extra(row)
        activity = self._stated(row) or inferred_activity(values, kind, self.naf_links, won)
        return values | ({"activity": activity} if activity else {})

    def _completion(self, row: dict[str, Any]) -> dict[str, Any]:
        """What a list adds to a known supplier. Its place counts only when it is exact."""
        values = _convention(row) | self._naf(row) | _extra(row) | self._contact(row)
        if row["legal_form"]:
            values["legal_form"] = row["legal_form"][:150]
        if row["precision"] == "address" and row["address"]:
            values |= self._place(row)
        return values

    def _naf(self, row: dict[str, Any]) -> dict[str, Any]:
        if not row["naf"]:
            return {}
        if not row["naf_nomenclature"]:
            self._said.append("code NAF inconnu, écarté")
            return {}
        return {"naf": {"code": row["naf"], "nomenclature": row["naf_nomenclature"]}}

    def _contact(self, row: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if row["phone"]:
            found["phone"] = row["phone"][:30]
        if row["email"]:
            if "@" in row["email"] and " " not in row["email"] and len(row["email"]) <= 254:
                found["email"] = row["email"]
            else:
                self._said.append("courriel illisible, écarté")
        if row["website"]:
            site = row["website"] if "://" in row["website"] else f"https://{row['website']}"
            if site.lower().startswith(("http://", "https://")) and " " not in site and len(site) <= 300:
                found["website"] = site
            else:
                self._said.append("adresse de site illisible, écartée")
        return found

    def _place(self, row: dict[str, Any]) -> dict[str, Any]:
        place = {
            "address": (row["address"] or "")[:255], "postal_code": row["postal_code"],
            "city": (row["city"] or "")[:120], "commune": row["commune"],
            "departement": row["departement_code"], "region": row["region"], "epci": row["epci"],
        }  # fmt: skip
        if row["latitude"] is not None and row["precision"]:
            place |= {
                "latitude": round(row["latitude"], 6), "longitude": round(row["longitude"], 6),
                "precision": row["precision"],
            }  # fmt: skip
        place = {name: value for name, value in place.items() if value not in (None, "")}
        if row["is_far"]:
            self._said.append("coordonnées loin de la commune : centre de la commune retenu")
        if not row["commune"]:
            self._said.append("commune non reconnue")
        return {"place": place} if place else {}

    def _stated(self, row: dict[str, Any]) -> dict[str, Any] | None:
        # Never was in SQL: the words of a trade are read by today's rule, which has its own test.
        activity, said = stated(row["stated_sectors"] or "")
        self._said += said
        return json.loads(activity) if activity else None


def _nobody(row: dict[str, Any]) -> str:
    number = f"SIRET {row['siret']}" if row["siret"] else f"SIREN {row['siren']}" if row["siren"] else ""
    if not number:
        return "ni SIRET ni SIREN"
    return f"aucun fournisseur connu : {number} n’est dans aucune source importée"


def _extra(row: dict[str, Any]) -> dict[str, Any]:
    """Groups without a column, without their empty members; a group that says nothing is left out."""
    if not row["extra"]:
        return {}
    groups: dict[str, Any] = json.loads(row["extra"])
    kept: dict[str, Any] = {}
    for name, value in groups.items():
        if isinstance(value, dict):
            value = {key: one for key, one in value.items() if one not in (None, "", [])}
        if value in (None, "", [], {}):
            continue
        if name.startswith(LABEL_GROUP) and name.removeprefix(LABEL_GROUP) not in LABELS:
            raise RejectedRowError(f"label inconnu : « {name.removeprefix(LABEL_GROUP)[:40]} »")
        kept[name] = value
    return kept


def _convention(row: dict[str, Any]) -> dict[str, Any]:
    status = row["convention_status"]
    if not status:
        return {}
    until = row["convention_until"]
    return {
        "convention": {"status": status} | ({"until": date.fromisoformat(until).isoformat()} if until else {})
    }
