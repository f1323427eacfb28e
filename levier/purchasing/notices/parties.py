"""Who is in a notice: organisations and touch points, where they stand, how they are reached."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from levier.organisations.identifiers import clean_digits, is_valid_siren, is_valid_siret
from levier.purchasing.notices.elements import NO_SPACE, all_of, text_of
from levier.purchasing.notices.notice import Contact, ReadPlace
from levier.purchasing.notices.trees import NAMESPACES
from levier.reference.nuts import departements_of_nuts

# A contact is told by its service. Anything else may be a person's name, which is not kept.
_SERVICE = re.compile(
    r"\b(?:service|direction|dir|p[ôo]le|march[ée]s?|achats?|commande|cellule|d[ée]partement|bureau|unit[ée]|"
    r"secr[ée]tariat|mairie|administration|juridique|correspondre|acheteur|contact|division|mission|standard)\b",
    re.IGNORECASE,
)
# Words of a legal form: a name that bears one is a company's.
_LEGAL_FORM = re.compile(
    r"\b(?:sarl|sas|sasu|sa|eurl|snc|scop|scic|sci|selarl|scp|gie|sem|spl|epic|association|assoc|societe|société|"
    r"groupement|cooperative|coopérative|mutuelle|regie|régie|syndicat|federation|fédération|fondation)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation of a notice; `siren` and `siret` are empty unless valid."""

    name: str
    siren: str
    siret: str
    country: str
    place: ReadPlace
    contact: Contact
    is_natural: bool


def organisations_of(root: Element) -> Iterator[tuple[str, Organisation]]:
    """Every organisation and touch point, by its identifier in the notice."""
    for one in all_of(root, ".//efac:Organizations/efac:Organization"):
        is_natural = text_of(one, "efbc:NaturalPersonIndicator") == "true"
        for path in ("efac:Company", "efac:TouchPoint"):
            for company in all_of(one, path):
                yield text_of(company, "cac:PartyIdentification/cbc:ID"), _organisation(company, is_natural)


def _organisation(company: Element, is_natural: bool) -> Organisation:
    number = clean_digits(text_of(company, "cac:PartyLegalEntity/cbc:CompanyID"))
    siret = number if is_valid_siret(number) else ""
    siren = number[:9] if siret or is_valid_siren(number) else ""
    address = company.find("cac:PostalAddress", NAMESPACES)
    email = text_of(company, "cac:Contact/cbc:ElectronicMail")
    name = text_of(company, "cac:Contact/cbc:Name")
    return Organisation(
        name=text_of(company, "cac:PartyName/cbc:Name")[:255],
        siren=siren,
        siret=siret,
        country=text_of(company, "cac:PostalAddress/cac:Country/cbc:IdentificationCode"),
        place=place_of_address(address) if address is not None else ReadPlace(),
        contact=contact_of(name, text_of(company, "cac:Contact/cbc:Telephone"), email),
        is_natural=is_natural,
    )


def bears_legal_form(name: str) -> bool:
    """Whether a name is surely a legal person's: a sole trader's is a person's, and is not shown."""
    return _LEGAL_FORM.search(name) is not None


def contact_of(name: str, phone: str, email: str) -> Contact:
    """Whom to call: the name only when it is a service's, the address only when it is one."""
    return Contact(
        name=name[:160] if _SERVICE.search(name) else "",
        phone=phone[:40],
        email=email[:254] if "@" in email and not NO_SPACE.search(email) else "",
    )


def place_of_address(address: Element) -> ReadPlace:
    """The départements of an address, by its NUTS code, else its postal code; nothing outside France."""
    postal = clean_digits(text_of(address, "cbc:PostalZone"))
    postal = postal if len(postal) == 5 else ""
    departements = departements_of_nuts(text_of(address, "cbc:CountrySubentityCode"))
    if not departements and text_of(address, "cac:Country/cbc:IdentificationCode") in {"FRA", ""}:
        departements = departement_of_postal(postal)
    return (
        ReadPlace(departements, text_of(address, "cbc:CityName")[:120], postal)
        if departements
        else ReadPlace()
    )


def departement_of_postal(postal: str) -> tuple[str, ...]:
    """The département of a postal code of five digits; empty when it is none of France."""
    if len(postal) != 5:
        return ()
    if postal.startswith("20"):  # Corse: 200 and 201 are the South, 202 and 206 the North
        return ("2A",) if postal[2] in "01" else ("2B",)
    code = postal[:3] if postal[:2] in {"97", "98"} else postal[:2]
    return (code,) if len(code) == 3 or code in departements_of_nuts("FR") else ()
