"""One eForms notice: its tree in, plain values out. Nothing is stored, nothing is fetched."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta, tzinfo
from xml.etree.ElementTree import Element
from zoneinfo import ZoneInfo

from levier.organisations.identifiers import clean_digits
from levier.purchasing.models.notices import NoticeForm
from levier.purchasing.notices.awards import awards_of, still_open
from levier.purchasing.notices.elements import (
    all_of,
    clean,
    codes,
    day_of,
    is_web_address,
    text_of,
)
from levier.purchasing.notices.notice import (
    Contact,
    ReadLot,
    ReadNotice,
    ReadPlace,
    SkippedNoticeError,
)
from levier.purchasing.notices.parties import Organisation, organisations_of, place_of_address
from levier.purchasing.notices.said import what_is_said
from levier.purchasing.notices.trees import NAMESPACES, UnreadableNoticeError
from levier.reference.nuts import departements_of_nuts

ROOTS = {"ContractNotice", "PriorInformationNotice", "ContractAwardNotice"}
# BT-02, by its list (BT-03): what competes, what is awarded. The rest (planning, voluntary, changes of contracts) is no lot to show.
_FORMS = {"competition": NoticeForm.CALL, "result": NoticeForm.AWARD}
# ISO 3166: France and what the country list names apart.
_FRANCE = {
    "FRA", "GLP", "MTQ", "GUF", "REU", "MYT", "SPM", "BLM", "MAF", "NCL", "PYF", "WLF",
}  # fmt: skip
_PARIS = ZoneInfo("Europe/Paris")
_PARIS_OFFSETS = {timedelta(hours=1), timedelta(hours=2)}
# BT-758 adds the version to the identifier of the notice it changes.
_VERSION = re.compile(r"(?<=-[0-9a-f]{12})-\d{1,3}$", re.IGNORECASE)
_JOURNAL = re.compile(r"\d{1,9}-\d{4}")
_ANYWHERE = {"anyw", "anyw-eea", "anyw-cou"}


def read_notice(root: Element) -> ReadNotice:
    """The notice of this tree. Raises UnreadableNoticeError (what is missing), SkippedNoticeError (not for us)."""
    kind = root.tag.rpartition("}")[2]
    if kind not in ROOTS:
        raise UnreadableNoticeError(f"ce n’est pas un avis eForms : son premier élément est « {kind[:40]} »")
    form = _form(root)
    organisations = dict(organisations_of(root))
    buyer = organisations.get(text_of(root, "cac:ContractingParty/cac:Party/cac:PartyIdentification/cbc:ID"))
    if buyer is None or not buyer.name:
        raise UnreadableNoticeError("il ne nomme pas son acheteur (BT-500)")
    if buyer.country and buyer.country not in _FRANCE:
        raise SkippedNoticeError("acheteur hors de France")
    notice_id = text_of(root, "cbc:ID")
    if not notice_id:
        raise UnreadableNoticeError("il n’a pas d’identifiant (BT-701)")
    lots = tuple(_lots(root, form, organisations))
    if not lots:
        raise UnreadableNoticeError("il ne décrit aucun lot (BT-137)")
    if len({lot.number for lot in lots}) < len(lots):
        raise UnreadableNoticeError("deux de ses lots ont le même numéro (BT-137)")
    ongoing = still_open(root)
    lots = tuple(lot for lot in lots if lot.number not in ongoing)
    if not lots:
        raise SkippedNoticeError("aucun de ses lots n’a encore de suite")
    if not buyer.place.departements and not all(one.place.departements for one in lots):
        raise UnreadableNoticeError(
            "il ne dit ni où le marché s’exécute (BT-5071), ni où est l’acheteur (BT-507)"
        )
    publication = _journal_number(text_of(root, ".//efac:Publication/efbc:NoticePublicationID"))
    changed = text_of(root, ".//efac:Changes/efbc:ChangedNoticeIdentifier")
    sent = day_of(text_of(root, ".//efac:Publication/efbc:PublicationDate") or text_of(root, "cbc:IssueDate"))
    if sent is None:
        raise UnreadableNoticeError("il n’a pas de date d’envoi lisible (BT-05)")
    version = text_of(root, "cbc:VersionID")
    return ReadNotice(
        notice_id=notice_id[:60],
        version=int(version) if version.isdecimal() and len(version) < 4 else 1,
        form=form,
        folder=text_of(root, "cbc:ContractFolderID")[:60],
        publication=publication[:40],
        changes=_journal_number(_VERSION.sub("", changed))[:60],
        is_cancelled=any(one.text == "cancel" for one in all_of(root, ".//efac:Changes//cbc:ReasonCode")),
        title=text_of(root, "cac:ProcurementProject/cbc:Name") or lots[0].title,
        reference=text_of(root, "cac:ProcurementProject/cbc:ID")[:120],
        buyer_name=buyer.name,
        buyer_siren=buyer.siren,
        buyer_siret=buyer.siret,
        buyer_departements=buyer.place.departements,
        contact=_contact_of(root, organisations) or buyer.contact,
        url=_ted_address(publication),
        documents_url=_documents(root),
        published_on=sent,
        lots=lots,
    )


def _form(root: Element) -> NoticeForm:
    code = root.find("cbc:NoticeTypeCode", NAMESPACES)
    listed = "" if code is None else code.get("listName", "")
    if not listed:
        raise UnreadableNoticeError("il ne dit pas sa nature (BT-02)")
    if listed not in _FORMS:
        raise SkippedNoticeError("ni avis de marché, ni avis d’attribution")
    return _FORMS[listed]


def _lots(root: Element, form: NoticeForm, organisations: dict[str, Organisation]) -> Iterator[ReadLot]:
    elements = [
        one
        for one in all_of(root, "cac:ProcurementProjectLot")
        if (identity := one.find("cbc:ID", NAMESPACES)) is not None
        and identity.get("schemeName", "Lot") == "Lot"
    ]
    whole = root.find("cac:ProcurementProject", NAMESPACES)
    awards = awards_of(root, organisations) if form is NoticeForm.AWARD else {}
    shared = _texts_of(whole)
    for element in elements:
        lot = _lot(element, whole, shared, is_only=len(elements) == 1)
        won = awards.get(lot.number)
        if won is not None:
            lot = replace(lot, amount_ht=won.amount_ht, awarded_on=won.awarded_on, winners=won.winners)
        yield lot


def _lot(element: Element, whole: Element | None, shared: list[str], *, is_only: bool) -> ReadLot:
    number = text_of(element, "cbc:ID")[:40]
    project = element.find("cac:ProcurementProject", NAMESPACES)
    terms = element.find("cac:TenderingTerms", NAMESPACES)
    title = text_of(project, "cbc:Name") or text_of(whole, "cbc:Name")
    if not title:
        raise UnreadableNoticeError(f"le lot {number} n’a pas d’intitulé (BT-21)")
    own = _texts_of(project) + _texts_of_terms(terms)
    return ReadLot(
        number=number,
        title=title,
        cpv=_cpv(project) or _cpv(whole),
        place=_place_of(project) or _place_of(whole) or ReadPlace(),
        deadline=_deadline(element),
        said=what_is_said(
            participation=codes(terms, ".//cbc:TendererRequirementTypeCode", "reserved-procurement"),
            is_execution_reserved="yes"
            in codes(terms, ".//cbc:ExecutionRequirementCode", "reserved-execution"),
            objectives=codes(project, ".//cbc:ProcurementTypeCode", "social-objective"),
            strategic=codes(project, ".//cbc:ProcurementTypeCode", "strategic-procurement"),
            texts=own + shared if is_only else own,
            shared_texts=() if is_only else shared,
        ),
    )


def _texts_of(project: Element | None) -> list[str]:
    return (
        [text_of(project, f"cbc:{name}") for name in ("Name", "Description", "Note")]
        if project is not None
        else []
    )


def _texts_of_terms(terms: Element | None) -> list[str]:
    """Conditions of execution (BT-70) and award criteria; never the conditions of candidature."""
    if terms is None:
        return []
    paths = (
        "cac:ContractExecutionRequirement/cbc:Description",
        ".//cac:SubordinateAwardingCriterion/cbc:Name",
        ".//cac:SubordinateAwardingCriterion/cbc:Description",
    )
    return [clean(one.text) for path in paths for one in all_of(terms, path)]


def _cpv(project: Element | None) -> str:
    code = clean_digits(text_of(project, "cac:MainCommodityClassification/cbc:ItemClassificationCode"))[:8]
    return code if len(code) == 8 else ""


def _place_of(project: Element | None) -> ReadPlace | None:
    """All the places of a project together; the town of the first that has one."""
    if project is None:
        return None
    found: list[ReadPlace] = []
    for address in all_of(project, "cac:RealizedLocation/cac:Address"):
        if text_of(address, "cbc:Region") in _ANYWHERE and not text_of(address, "cbc:CountrySubentityCode"):
            found.append(ReadPlace(departements_of_nuts("FR")))
        else:
            found.append(place_of_address(address))
    departements = tuple(sorted({code for one in found for code in one.departements}))
    if not departements:
        return None
    named = next((one for one in found if one.postal_code), ReadPlace())
    return replace(named, departements=departements)


def _deadline(lot: Element) -> datetime | None:
    """Tenders (BT-131), else requests to participate (BT-1311), else interest (BT-630)."""
    paths = (
        "cac:TenderingProcess/cac:TenderSubmissionDeadlinePeriod",
        "cac:TenderingProcess/cac:ParticipationRequestReceptionPeriod",
        "cac:TenderingProcess//efac:InterestExpressionReceptionPeriod",
    )
    for path in paths:
        period = lot.find(path, NAMESPACES)
        if period is not None and (found := _moment(period)) is not None:
            return found
    return None


def _moment(period: Element) -> datetime | None:
    """A day and an hour, each with its own zone: that of the hour first, Paris without any; the end of the day without hour."""
    on, at = text_of(period, "cbc:EndDate"), text_of(period, "cbc:EndTime")
    day = day_of(on)
    if day is None:
        return None
    try:
        hour = time.fromisoformat(at) if at else time(23, 59, 59)
    except ValueError:
        hour = time(23, 59, 59)
    zone = hour.tzinfo or _zone(on) or _PARIS
    # French notices write +02:00 in winter too (all the real ones at hand do): the hour said is that of Paris.
    if zone.utcoffset(None) in _PARIS_OFFSETS:
        zone = _PARIS
    return datetime.combine(day, hour.replace(tzinfo=None), tzinfo=zone)


def _zone(day: str) -> tzinfo | None:
    try:
        return time.fromisoformat(f"00:00{day[10:]}").tzinfo if day[10:] else None
    except ValueError:
        return None


def _contact_of(root: Element, organisations: dict[str, Organisation]) -> Contact | None:
    """Whom the notice names for more information, when it names somebody who can be reached."""
    named = text_of(
        root,
        "cac:ProcurementProjectLot/cac:TenderingTerms/cac:AdditionalInformationParty/cac:PartyIdentification/cbc:ID",
    )
    found = organisations.get(named)
    return found.contact if found and (found.contact.phone or found.contact.email) else None


def _documents(root: Element) -> str:
    paths = (
        ".//cac:CallForTendersDocumentReference/cac:Attachment/cac:ExternalReference/cbc:URI",
        "cac:ContractingParty/cbc:BuyerProfileURI",
    )
    found = (clean(one.text) for path in paths for one in all_of(root, path))
    return next((one for one in found if is_web_address(one)), "")


def _journal_number(text: str) -> str:
    """« 00047522-2024 » and « 47522-2024 » are one number; an identifier is left as it is."""
    return text.lstrip("0") if _JOURNAL.fullmatch(text) else text


def _ted_address(publication: str) -> str:
    known = _JOURNAL.fullmatch(publication)
    return f"https://ted.europa.eu/fr/notice/-/detail/{publication}" if known else ""
