"""From one published record, in any of its shapes, to one clean contract or a reasoned rejection."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from levier.organisations.identifiers import clean_digits, is_valid_siret
from levier.purchasing.contracts import values
from levier.purchasing.contracts.anomalies import Anomaly
from levier.purchasing.models import SocialConsideration

_EARLIEST = date(1990, 1, 1)
_PROCEDURES = (
    "adaptée",
    "appel d'offres",
    "négoci",
    "dialogue compétitif",
    "sans publicité",
    "partenariat d'innovation",
    "concours",
)
_NATURES = ("marché", "marche", "accord-cadre", "concession", "délégation", "partenariat", "subséquent")
_CONSIDERATIONS = {
    "clause sociale": SocialConsideration.CLAUSE,
    "critère social": SocialConsideration.CRITERION,
    "marché réservé": SocialConsideration.RESERVED,
    "concession réservée": SocialConsideration.RESERVED,
    "pas de considération sociale": SocialConsideration.NONE,
}


class RejectedRecordError(Exception):
    """A record that cannot be kept; the message says why, in French."""


@dataclass(frozen=True)
class Holder:
    """A company that holds the contract."""

    siret: str
    id_kind: str
    name: str


@dataclass(frozen=True)
class ParsedContract:
    """One contract, clean; the names are those of the table."""

    uid: str
    source: str
    buyer_siret: str
    buyer_name: str
    nature: str
    object: str
    cpv: str
    procedure: str
    place_code: str
    place_kind: str
    departement_code: str
    months: int | None
    notified_on: date | None
    published_on: date | None
    amount_ht: Decimal | None
    published_amount: Decimal | None
    price_form: str
    modalities: tuple[str, ...]
    social_considerations: tuple[str, ...]
    considerations_raw: str
    holders: tuple[Holder, ...]
    anomalies: tuple[str, ...] = field(default=())

    @property
    def buyer_siren(self) -> str:
        """The buyer's legal unit."""
        return self.buyer_siret[:9]

    @property
    def content_hash(self) -> str:
        """Fingerprint of the content; the source is left out: two publishers may carry one contract."""
        content = [str(value) for name, value in vars(self).items() if name not in {"source", "uid"}]
        return hashlib.sha256("\x1f".join(content).encode()).hexdigest()[:32]

    def renamed(self, uid: str, anomaly: str) -> "ParsedContract":
        """The same contract under another identifier, with the anomaly that made it necessary."""
        return replace(self, uid=uid, anomalies=tuple(sorted({*self.anomalies, anomaly})))


# What says nothing of the publisher when the format itself has only texts and flat rows.
_FORMAT_ANOMALIES = frozenset({Anomaly.AMOUNT_AS_TEXT.value, Anomaly.HOLDER_BARE.value})


def parse(
    record: Mapping[str, Any], *, source: str, known_cpv: Collection[str], today: date, is_typed: bool = True
) -> ParsedContract:
    """Clean one record. Raises RejectedRecordError without an object or a buyer.

    `is_typed`: see `formats.Record`; `known_cpv`: see `values.cpv`.
    """
    raw = {str(key).strip(): value for key, value in record.items()}
    found: list[str] = []
    subject = values.text(raw.get("objet"), found, 4000)
    if not subject:
        raise RejectedRecordError("L’objet du marché est absent : rien à retrouver ni à comparer.")
    if "\ufffd" in subject:
        found.append(Anomaly.TEXT_DAMAGED)
    buyer_siret, buyer_name = _buyer(raw, found)
    if "placeholder" in str(raw.get("_type", "")).casefold():
        found.append(Anomaly.PLACEHOLDER)
    amount_ht, published_amount = values.amount(_first(raw, "montant", "valeurGlobale"), found)
    place = _mapping(raw.get("lieuExecution"))
    code, kind, departement = values.place(
        place.get("code") or _first(raw, "lieuExecution.code", "lieuExecution_code"),
        place.get("typeCode") or _first(raw, "lieuExecution.typeCode", "lieuExecution_typeCode"),
        found,
    )
    notified, published = _dates(raw, found, today)
    considerations, considerations_raw = _considerations(raw.get("considerationsSociales"), found)
    if str(raw.get("offresRecues", "")).strip() in {"0", "0.0"}:
        found.append(Anomaly.ZERO_OFFERS)
    return ParsedContract(
        uid=_uid(raw, buyer_siret, found),
        source=values.text(raw.get("source"), [], 60) or source,
        buyer_siret=buyer_siret,
        buyer_name=buyer_name,
        nature=_listed(raw.get("nature"), _NATURES, Anomaly.NATURE_MISSING, Anomaly.NATURE_UNKNOWN, found),
        object=subject,
        cpv=values.cpv(raw.get("codeCPV"), known_cpv, found),
        procedure=_listed(
            raw.get("procedure"), _PROCEDURES, Anomaly.PROCEDURE_MISSING, Anomaly.PROCEDURE_UNKNOWN, found
        ),
        place_code=code,
        place_kind=kind,
        departement_code=departement,
        months=values.months(raw.get("dureeMois"), found),
        notified_on=notified,
        published_on=published,
        amount_ht=amount_ht,
        published_amount=published_amount,
        price_form=_price_form(raw, found),
        modalities=_modalities(raw),
        social_considerations=considerations,
        considerations_raw=considerations_raw,
        holders=_holders(raw, found),
        # The last: every field above tells what it found.
        anomalies=tuple(sorted(set(map(str, found)) - (set() if is_typed else _FORMAT_ANOMALIES))),
    )


def _first(raw: Mapping[str, Any], *names: str) -> Any:
    return next((raw[name] for name in names if raw.get(name) not in (None, "")), None)


def _mapping(value: Any) -> Mapping[str, Any]:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, Mapping) else {}


def _buyer(raw: Mapping[str, Any], found: list[str]) -> tuple[str, str]:
    body = _mapping(raw.get("acheteur")) or _mapping(raw.get("autoriteConcedante"))
    written = body.get("id") or _first(
        raw, "acheteur.id", "acheteur_id", "autoriteConcedante.id", "autoriteConcedante_id"
    )
    siret = clean_digits(written)[:14]
    if not siret:
        raise RejectedRecordError("L’acheteur est absent : donner son SIRET dans « acheteur.id ».")
    if not is_valid_siret(siret):
        found.append(Anomaly.BUYER_INVALID_SIRET)
    name = values.text(body.get("nom") or _first(raw, "acheteur.nom", "acheteur_nom"), [])
    return siret, name


def _uid(raw: Mapping[str, Any], buyer_siret: str, found: list[str]) -> str:
    number = values.text(raw.get("id"), [], 80)
    if number:
        rebuilt = f"{buyer_siret}{number}"
        given = values.text(raw.get("uid"), [], 120)
        if given and given != rebuilt:
            found.append(Anomaly.UID_REBUILT)
        return rebuilt
    given = values.text(raw.get("uid"), [], 120)
    if given:
        return given
    found.append(Anomaly.UID_DEDUCED)
    known = (raw.get("objet"), _first(raw, "dateNotification", "dateSignature"), raw.get("titulaires"))
    return f"{buyer_siret}-{hashlib.sha256(repr(known).encode()).hexdigest()[:16]}"


def _dates(raw: Mapping[str, Any], found: list[str], today: date) -> tuple[date | None, date | None]:
    written = _first(raw, "dateNotification", "dateSignature", "dateDebutExecution")
    notified = values.day(written, found)
    if notified is None:
        found.append(Anomaly.NOTIFIED_UNREADABLE if written else Anomaly.NOTIFIED_MISSING)
    elif not _EARLIEST <= notified <= date(today.year + 1, 12, 31):
        found.append(Anomaly.NOTIFIED_IMPLAUSIBLE)
        notified = None
    published = values.day(raw.get("datePublicationDonnees"), found)
    if published is None:
        found.append(Anomaly.PUBLISHED_MISSING)
    elif notified and published < notified:
        found.append(Anomaly.PUBLISHED_BEFORE)
    return notified, published


def _listed(value: Any, accepted: tuple[str, ...], missing: str, unknown: str, found: list[str]) -> str:
    """A value of a regulatory list, in sentence case; kept as written when it is not of the list."""
    plain = values.text(value, found, 120).replace("’", "'")
    if not plain:
        found.append(missing)
    elif not any(word in plain.casefold() for word in accepted):
        found.append(unknown)
    if plain.isupper():
        plain = plain.capitalize().replace("Marche", "Marché").replace("subsequent", "subséquent")
    return plain[:60] if accepted is _NATURES else plain


def _price_form(raw: Mapping[str, Any], found: list[str]) -> str:
    form = values.text(raw.get("formePrix"), found, 60)
    if form:
        return form
    prices = _strings(raw.get("typesPrix") or raw.get("typePrix"), "typePrix")
    if prices:
        return prices[0][:60]
    found.append(Anomaly.PRICE_FORM_MISSING)
    return ""


def _strings(value: Any, inner: str) -> list[str]:
    """Texts of a 2022 list: {"x": ["a"]}, ["a"], "a", "['a']" or XML's {"x": "a"}."""
    if isinstance(value, Mapping):
        value = value.get(inner)
    if isinstance(value, str):
        quoted = re.findall(r"'([^']+)'|\"([^\"]+)\"", value) if value.startswith("[") else []
        value = [first or second for first, second in quoted] or re.split(r"[;|]", value)
    if not isinstance(value, list):
        return []
    flat = [item.get(inner) if isinstance(item, Mapping) else item for item in value]
    plain = (values.text(item, [], 200) for item in flat)
    return list(dict.fromkeys(item for item in plain if item))


def _modalities(raw: Mapping[str, Any]) -> tuple[str, ...]:
    execution = raw.get("modalitesExecution") or raw.get("modaliteExecution")
    listed = _strings(execution, "modaliteExecution")
    listed += _strings(raw.get("techniques") or raw.get("technique"), "technique")
    return tuple(dict.fromkeys(item[:40] for item in listed))


def _considerations(value: Any, found: list[str]) -> tuple[tuple[str, ...], str]:
    """The social considerations; an absent field is « inconnu »: silence is not a « no »."""
    listed = _strings(value, "considerationSociale")
    kept: list[str] = []
    for item in listed:
        # « Clause sociale, Critère social » in one text is seen in consolidated tables.
        for part in re.split(r",\s*", item):
            consideration = _CONSIDERATIONS.get(part.casefold().strip())
            if consideration is None:
                found.append(Anomaly.CONSIDERATION_UNKNOWN)
            else:
                kept.append(consideration.value)
    if len(set(kept)) > 1 and SocialConsideration.NONE.value in kept:
        found.append(Anomaly.CONSIDERATION_CONTRADICTORY)
        kept = [item for item in kept if item != SocialConsideration.NONE.value]
    return tuple(sorted(set(kept))) or (SocialConsideration.UNKNOWN.value,), " | ".join(listed)


def _holders(raw: Mapping[str, Any], found: list[str]) -> tuple[Holder, ...]:
    candidates = (raw.get("titulaires"), raw.get("concessionnaires"))
    listed = next((item for item in candidates if item and isinstance(item, (list, Mapping))), None)
    if listed is None:
        listed = _flat_holder(raw)
    elif isinstance(listed, Mapping):
        listed = [listed]
    holders: list[Holder] = []
    for item in listed:
        body = item[0] if isinstance(item, list) and item else item
        if not isinstance(body, Mapping):
            continue
        wrapped = body.get("titulaire") or body.get("concessionnaire")
        inner = wrapped if isinstance(wrapped, list) else [wrapped or body]
        if wrapped is None and ("considerationsSociales" in raw or "offresRecues" in raw):
            found.append(Anomaly.HOLDER_BARE)
        holders += [_holder(one, found) for one in inner if isinstance(one, Mapping)]
    kept = list(dict.fromkeys(holder for holder in holders if holder.siret or holder.name))
    if not kept:
        found.append(Anomaly.HOLDERS_NONE)
    return tuple(kept)


def _flat_holder(raw: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The single holder of tables turned into JSON: titulaire_id, titulaire_typeIdentifiant…"""
    names = ("id", "typeIdentifiant", "denominationSociale")
    flat = {name: raw.get(f"titulaire_{name}") for name in names}
    return [flat] if any(flat.values()) else []


def _holder(body: Mapping[str, Any], found: list[str]) -> Holder:
    written = values.text(body.get("id"), found, 40)
    kind = values.text(body.get("typeIdentifiant"), found, 30).upper()
    name = values.text(body.get("denominationSociale"), [])
    if not written:
        found.append(Anomaly.HOLDER_WITHOUT_ID)
        return Holder("", kind, name)
    digits = clean_digits(written)
    looks_french = len(digits) == 14 and digits == re.sub(r"[\s.]", "", written)
    if not kind:
        found.append(Anomaly.HOLDER_KIND_MISSING)
        kind = "SIRET" if looks_french and is_valid_siret(digits) else ""
    if kind != "SIRET":
        found.append(Anomaly.HOLDER_NOT_FRENCH_ID)
        return Holder(written, kind, name)
    if not is_valid_siret(digits):
        found.append(Anomaly.HOLDER_INVALID_SIRET)
    return Holder(digits if looks_french else written, kind, name)
