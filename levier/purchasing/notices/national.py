"""The national forms of the BOAMP, below the European thresholds: « FNSimple » and « MAPA », JSON beside a few fields of its record.

What of them is known, and from where, stands in the README; a form that says something else is skipped, never guessed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret
from levier.purchasing.models.notices import NoticeForm
from levier.purchasing.notices.elements import clean, day_of, is_web_address
from levier.purchasing.notices.following import PARIS, awarded_lots, moment, new_deadline
from levier.purchasing.notices.notice import Contact, ReadLot, ReadNotice, ReadPlace, SkippedNoticeError
from levier.purchasing.notices.parties import contact_of, departement_of_postal
from levier.purchasing.notices.said import Said, what_is_said
from levier.purchasing.notices.trees import UnreadableNoticeError, unescaped
from levier.reference.nuts import departements_of_nuts

FORMS = ("FNSimple", "MAPA")
_CALL, _AWARD, _CORRECTION, _CANCELLATION = "APPEL_OFFRE", "ATTRIBUTION", "RECTIFICATIF", "ANNULATION"
# Where the form says what it says.
_BLOCKS = {_CALL: "initial", _AWARD: "attribution", _CORRECTION: "rectificatif", _CANCELLATION: "annulation"}
_POSTAL = re.compile(r"(?<!\d)(\d{5})(?!\d)")
# Conditions of candidature quote the labour code everywhere; how to reach the buyer says nothing of the purchase.
_NO_TEXT = {
    "justifications", "communication", "adressesComplt", "lots", "capaciteExercice", "capaciteEcoFin", "capaciteTech",
}  # fmt: skip
# « 01 : Gros œuvre », « Lot n°2 - Peinture », « Lot 3 Sols »: lots of FNSimple have no number of their own.
_NUMBERED = re.compile(r"(?:lots?\s*(?:n\s*[°ºo]\s*)?0*(\d{1,3})\b|0*(\d{1,3})\s*[:.)–-]\s)", re.IGNORECASE)
_LONGEST_TITLE = 300


def read_national(record: Mapping[str, Any], content: Mapping[str, Any]) -> ReadNotice:
    """A notice of a national form. Raises UnreadableNoticeError (what is missing), SkippedNoticeError (not for us).

    An award, or a correction that describes nothing, says what it changes; what it is about stands in the notice it `follows`.
    """
    form = next(name for name in FORMS if name in content)
    body = _mapping(content[form])
    nature = _text(record.get("nature")).upper()
    if nature not in _BLOCKS:
        raise SkippedNoticeError(
            "formulaire national qui n’est ni un appel, ni son rectificatif, son annulation ou son attribution"
        )
    said = _mapping(body.get(_BLOCKS[nature])) or _mapping(body.get("initial"))
    number, published = _text(record.get("idweb")), day_of(_text(record.get("dateparution")))
    organisme = _mapping(body.get("organisme"))
    buyer = _text(record.get("nomacheteur")) or _first(organisme, "nomOfficiel", "acheteurPublic")
    title = _text(record.get("objet")) or _first(_subject(said), "intitule", "objet")
    if not number or published is None:
        raise UnreadableNoticeError("son numéro ou sa date de parution manque")
    if not buyer or not title:
        raise UnreadableNoticeError("il ne dit pas son acheteur ou son objet")
    state = _text(record.get("etat")).upper()
    is_cancelled = nature == _CANCELLATION or "ANNULE" in state
    if nature == _CALL and "RECTIFICATIF" in state:
        nature = _CORRECTION
    follows = () if nature == _CALL else _linked(record, said)
    kind, lots = _what_it_says(nature, record, said, title)
    if not (is_cancelled or any(one.said.is_social for one in lots) or (follows and kind != NoticeForm.CALL)):
        raise SkippedNoticeError("formulaire national sans clause ni réservation écrites")
    departements = _buyer_departements(record, organisme)
    if not departements and not all(one.place.departements for one in lots):
        raise UnreadableNoticeError("il ne dit ni où le marché s’exécute, ni où est l’acheteur")
    siret = clean_digits(_text(organisme.get("codeIdentificationNational")))
    siret = siret if is_valid_siret(siret) else ""
    reach = _mapping(said.get("communication"))
    reference = _text(reach.get("identifiantInterne")) or _first(
        _mapping(said.get("renseignements")), "idMarche"
    )
    return ReadNotice(
        notice_id=f"boamp-{number}"[:60], version=1, form=kind, folder="", publication=number[:40],
        changes=next(iter(follows), ""), follows=follows, is_cancelled=is_cancelled, title=title,
        reference=reference[:120], buyer_name=buyer[:255],
        buyer_siren=siret[:9] if is_valid_siren(siret[:9]) else "", buyer_siret=siret, buyer_departements=departements,
        contact=_contact(reach, _mapping(organisme.get("coord"))), url="", documents_url=_documents(reach, organisme),
        published_on=published, lots=lots,
    )  # fmt: skip


def _what_it_says(
    nature: str, record: Mapping[str, Any], said: Mapping[str, Any], title: str
) -> tuple[NoticeForm, tuple[ReadLot, ...]]:
    """A call and its lots, an award and what became of them, or a correction of the deadline alone (a lot without number)."""
    if nature == _AWARD:
        won = awarded_lots(said, replace(_whole(record, said, title), number="", deadline=None))
        texts = [title, *_texts(said)]
        told = what_is_said(texts=texts) if len(won) == 1 else what_is_said(shared_texts=texts)
        return NoticeForm.AWARD, tuple(replace(one, said=told) for one in won)
    lots = _lots(record, said, title)
    if nature == _CORRECTION and not (_subject(said) and any(one.said.is_social for one in lots)):
        texts = [title, *_texts(said)]
        return NoticeForm.CORRECTION, (
            replace(_whole(record, said, title), number="", said=what_is_said(texts=texts)),
        )
    return NoticeForm.CALL, lots


def _whole(record: Mapping[str, Any], said: Mapping[str, Any], title: str) -> ReadLot:
    """What is said of the whole purchase, as its only lot."""
    deadline = (new_deadline(said) if "infosRectif" in said else None) or _deadline(record, said)
    return ReadLot(
        number="1", title=title, cpv=_cpv(_subject(said)), place=_place(record, said), deadline=deadline
    )


def _lots(record: Mapping[str, Any], said: Mapping[str, Any], title: str) -> tuple[ReadLot, ...]:
    whole = _whole(record, said, title)
    shared = [title, *_texts(said)]
    rows = said.get("lots")
    rows = rows.get("lot") if isinstance(rows, Mapping) else rows
    rows = [one for one in (rows if isinstance(rows, list) else [rows]) if isinstance(one, Mapping) and one]
    if len(rows) < 2:
        texts = shared + [text for row in rows for text in _texts(row)]
        return (replace(whole, said=what_is_said(texts=texts)),)
    numbers = [_number_of(row) or str(rank) for rank, row in enumerate(rows, start=1)]
    if len(set(numbers)) < len(numbers):
        numbers = [str(rank) for rank in range(1, len(rows) + 1)]
    return tuple(
        replace(
            whole, number=number, cpv=_cpv(row) or whole.cpv, said=_said_of_lot(row, shared),
            title=(_first(row, "intitule", "description") or f"{title}, lot {number}")[:_LONGEST_TITLE],
        )
        for number, row in zip(numbers, rows, strict=True)
    )  # fmt: skip


def _number_of(row: Mapping[str, Any]) -> str:
    """The number a lot is given, as its award will quote it; empty when it says none."""
    found = re.fullmatch(
        r"(?:lot\s*)?(?:n[°o]\s*)?0*(\d{1,3})", _first(row, "numLot", "numero", "num"), re.IGNORECASE
    )
    if found:
        return found[1]
    titled = _NUMBERED.match(_first(row, "intitule", "description"))
    return (titled[1] or titled[2]) if titled else ""


def _said_of_lot(row: Mapping[str, Any], shared: Sequence[str]) -> Said:
    return what_is_said(texts=tuple(_texts(row)), shared_texts=tuple(shared))


def _subject(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is bought: « natureMarche » of FNSimple, « description » of MAPA."""
    return _mapping(said.get("natureMarche")) or _mapping(said.get("description"))


def _texts(value: Any) -> Iterator[str]:
    """Every text of a part of the form, save the conditions of candidature and how to reach the buyer."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            if name not in _NO_TEXT:
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif text := _text(value):
        yield text


def _cpv(subject: Mapping[str, Any]) -> str:
    codes = subject.get("codeCPV") or subject.get("CPV")
    codes = _mapping(next(iter(codes), None) if isinstance(codes, list) else codes)
    code = clean_digits(_text(_mapping(codes.get("objetPrincipal")).get("classPrincipale")))[:8]
    return code if len(code) == 8 else ""


def _place(record: Mapping[str, Any], said: Mapping[str, Any]) -> ReadPlace:
    """The place of performance: its postal code and town, else the département the record names for it."""
    subject = _subject(said)
    where = subject.get("lieuExecution") or subject.get("lieuExecutionLivraison")
    own = _mapping(where)
    found = _POSTAL.search(_text(own.get("cp")) or _text(where))
    if found and (departements := departement_of_postal(found[1])):
        return ReadPlace(departements, _text(own.get("ville"))[:120], found[1])
    return ReadPlace(_departements(record.get("code_departement_prestation")))


def _buyer_departements(record: Mapping[str, Any], organisme: Mapping[str, Any]) -> tuple[str, ...]:
    address = _mapping(organisme.get("adr")) or organisme
    return departement_of_postal(clean_digits(_text(address.get("cp")))) or _departements(
        record.get("code_departement")
    )


def _departements(value: Any) -> tuple[str, ...]:
    codes = [_text(one).upper() for one in (value if isinstance(value, list) else [value])]
    known = set(departements_of_nuts("FR"))
    # The BOAMP writes « 6 » for 06, « 20A » for 2A.
    codes = [re.sub(r"^20(?=[AB]$)", "2", code).zfill(2) for code in codes]
    return tuple(sorted(known.intersection(codes)))


def _deadline(record: Mapping[str, Any], said: Mapping[str, Any]) -> datetime | None:
    """What the form says, in the clock of Paris; else its record, whose zone nobody tells: read as Paris, early rather than late."""
    in_form = _mapping(said.get("procedure")).get("dateReceptionOffres") or _mapping(said.get("delais")).get(
        "receptionOffres"
    )
    if found := moment(in_form):
        return found
    text = _text(record.get("datelimitereponse"))
    try:
        return datetime.fromisoformat(text).replace(tzinfo=PARIS) if day_of(text) else None
    except ValueError:
        return None


def _contact(reach: Mapping[str, Any], coord: Mapping[str, Any]) -> Contact:
    """FNSimple says it in « communication », MAPA in « coord »; the correspondent MAPA names is a person: not read."""
    name = _text(reach.get("nomContact"))
    email = _text(reach.get("adresseMailContact")) or (name if "@" in name else "") or _text(coord.get("mel"))
    return contact_of(
        name if "@" not in name else "", _text(reach.get("telContact")) or _text(coord.get("tel")), email
    )


def _documents(reach: Mapping[str, Any], organisme: Mapping[str, Any]) -> str:
    found = (
        _text(reach.get("urlDocConsul")),
        _text(reach.get("urlProfilAch")),
        _text(organisme.get("urlProfilAcheteur")),
    )
    return next((one for one in found if is_web_address(one)), "")


def _linked(record: Mapping[str, Any], said: Mapping[str, Any]) -> tuple[str, ...]:
    """The notices it follows: the first one, then those its record is tied to."""
    linked = record.get("annonce_lie")
    first = _text(_mapping(said.get("avisInitial")).get("idWeb"))
    found = (first, *(_text(one) for one in (linked if isinstance(linked, list) else [linked])))
    return tuple(dict.fromkeys(one[:40] for one in found if one))


def _first(values: Mapping[str, Any], *names: str) -> str:
    return next((text for name in names if (text := _text(values.get(name)))), "")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str:
    """One line; empty for anything that is no text (an empty element is « » or an object)."""
    return clean(unescaped(value)) if isinstance(value, str) else ""
