"""What the lots of an award notice became: won by whom, for how much, when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from levier.purchasing.notices.elements import all_of, clean, day_of, text_of
from levier.purchasing.notices.notice import ReadWinner
from levier.purchasing.notices.parties import Organisation
from levier.purchasing.notices.trees import NAMESPACES


@dataclass(frozen=True, slots=True)
class Award:
    """One lot won. `amount_ht`: what its contracts add up to, in euros, None when one does not say, or in another currency."""

    amount_ht: Decimal | None
    awarded_on: date | None
    winners: tuple[ReadWinner, ...]


def awards_of(root: Element, organisations: Mapping[str, Organisation]) -> dict[str, Award]:
    """The lots won, by their number. The winning tenders are those of a signed contract, else those the result names."""
    result = root.find(".//efac:NoticeResult", NAMESPACES)
    if result is None:
        return {}
    tenders = _by_id(result, "efac:LotTender")
    parties = _by_id(result, "efac:TenderingParty")
    contracts = _by_id(result, "efac:SettledContract")
    awards = {}
    for outcome in all_of(result, "efac:LotResult"):
        named = _ids(outcome, "efac:LotTender/cbc:ID")
        if text_of(outcome, "cbc:TenderResultCode") not in {"selec-w", ""} or not named:
            continue
        signed = [contracts[key] for key in _ids(outcome, "efac:SettledContract/cbc:ID") if key in contracts]
        won = {key for contract in signed for key in _ids(contract, "efac:LotTender/cbc:ID")}
        keys = [key for key in named if key in won] or named
        winning = [tenders[key] for key in keys if key in tenders]
        amounts = [amount for one in winning if (amount := _euros(one)) is not None]
        days = [day_of(text_of(one, "cbc:IssueDate") or text_of(one, "cbc:AwardDate")) for one in signed]
        awards[text_of(outcome, "efac:TenderLot/cbc:ID")[:40]] = Award(
            amount_ht=sum(amounts) or None if len(amounts) == len(winning) else None,
            awarded_on=max((one for one in days if one), default=None),
            winners=tuple(_winners(winning, parties, organisations)),
        )
    return awards


def still_open(root: Element) -> set[str]:
    """The numbers of the lots whose result is that nobody has won yet and the competition goes on (BT-142)."""
    return {
        text_of(outcome, "efac:TenderLot/cbc:ID")[:40]
        for outcome in all_of(root, ".//efac:NoticeResult/efac:LotResult")
        if text_of(outcome, "cbc:TenderResultCode") == "open-nw"
    }


def _by_id(result: Element, path: str) -> dict[str, Element]:
    return {text_of(one, "cbc:ID"): one for one in all_of(result, path)}


def _ids(element: Element, path: str) -> list[str]:
    return list(dict.fromkeys(clean(one.text) for one in all_of(element, path)))


def _winners(
    tenders: list[Element], parties: Mapping[str, Element], organisations: Mapping[str, Organisation]
) -> Iterator[ReadWinner]:
    seen = set()
    for tender in tenders:
        party = parties.get(text_of(tender, "efac:TenderingParty/cbc:ID"))
        for one in all_of(party, "efac:Tenderer/cbc:ID") if party is not None else ():
            key = clean(one.text)
            company = organisations.get(key)
            if company is None or key in seen:
                continue
            seen.add(key)
            yield (
                ReadWinner()
                if company.is_natural
                else ReadWinner(
                    company.siren, company.siret, company.name, company.contact.phone, company.contact.email
                )
            )


def _euros(tender: Element) -> Decimal | None:
    amount = tender.find("cac:LegalMonetaryTotal/cbc:PayableAmount", NAMESPACES)
    if amount is None or amount.get("currencyID", "EUR") != "EUR":
        return None
    try:
        value = Decimal(clean(amount.text)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return value if 0 < value < Decimal("1e10") else None
