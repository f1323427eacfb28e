"""A supplier and the open directory in the words of schema.org, for search engines and re-users."""

from typing import Any

from django.urls import reverse

from levier.directory.address import website_address
from levier.directory.open_data.columns import supplier_columns
from levier.directory.open_data.writing import FORMATS
from levier.directory.profile import profile_rows
from levier.directory.queries import SupplierCard
from levier.directory.results import slug_of

CONTEXT = "https://schema.org"
# ISO 6523: 0009 is the register of SIRET.
_SIRET_REGISTER = "0009"
_METRES = 1_000


def supplier_data(card: SupplierCard, site: str) -> dict[str, Any]:
    """The sheet of a supplier; ``site`` is the address of this site, without its last slash.

    The area is where the supplier says it works, else the département it stands in: no list says where. A centre of a territory
    is no position: only an address or a commune gives `geo`.
    """
    address = f"{site}{reverse('directory:sheet', args=[slug_of(card.key)])}"
    website = website_address(card.website)
    found = {
        "@context": CONTEXT,
        "@type": "EmploymentAgency" if card.kind.shelf == "people" else "LocalBusiness",
        "@id": f"{address}#structure",
        "url": address,
        "name": card.display_name,
        "legalName": card.name,
        "description": card.description,
        "keywords": card.kind.name,
        "identifier": {"@type": "PropertyValue", "propertyID": "SIRET", "value": card.siret}
        if card.siret
        else None,
        "iso6523Code": f"{_SIRET_REGISTER}:{card.siret}" if card.siret else None,
        "address": _postal_address(card),
        "geo": _position(card),
        "areaServed": _stated_areas(card) or _area(card),
        "knowsAbout": [tag.label for tag in card.sectors],
        "makesOffer": [
            {"@type": "Offer", "name": one["title"], "description": one["description"]}
            for one in profile_rows(card.profile, "offers", "title", "description")
        ],
        "image": [
            f"{site}{reverse('directory:picture', args=[one['name'], 'grande'])}"
            for one in profile_rows(card.profile, "images", "name")
        ],
        "telephone": card.phone,
        "email": card.open_email,
        "sameAs": website,
    }
    return {name: value for name, value in found.items() if value}


def _postal_address(card: SupplierCard) -> dict[str, str] | None:
    found = {
        "streetAddress": card.address,
        "postalCode": card.postal_code,
        "addressLocality": card.commune_name or card.city,
        "addressRegion": card.region_name,
    }
    said = {name: value for name, value in found.items() if value}
    return {"@type": "PostalAddress", **said, "addressCountry": "FR"} if said else None


def _position(card: SupplierCard) -> dict[str, Any] | None:
    if card.latitude is None or card.is_place_approximate:
        return None
    return {"@type": "GeoCoordinates", "latitude": card.latitude, "longitude": card.longitude}


def _stated_areas(card: SupplierCard) -> list[dict[str, Any]]:
    """The départements, regions, country or circle of its own lines of activity, each once."""
    found: list[dict[str, Any]] = []
    for line in profile_rows(card.profile, "lines", "sector", "area"):
        area = line["area"] if isinstance(line["area"], dict) else {}
        if area.get("kind") == "france":
            found.append({"@type": "Country", "name": "France"})
        elif area.get("kind") == "radius" and area.get("km") and (centre := _position(card)):
            radius = str(int(area["km"]) * _METRES)
            found.append({"@type": "GeoCircle", "geoMidpoint": centre, "geoRadius": radius})
        else:
            codes, names = area.get("codes") or [], area.get("names") or []
            found += [
                {"@type": "AdministrativeArea", "name": name, "identifier": code}
                for code, name in zip(codes, names, strict=False)
            ]
    return [one for at, one in enumerate(found) if one not in found[:at]]


def _area(card: SupplierCard) -> dict[str, str] | None:
    if not card.departement_name:
        return None
    return {"@type": "AdministrativeArea", "name": card.departement_name, "identifier": card.departement_code}


def dataset_data(site: str, *, modified: str, licence: str) -> dict[str, Any]:
    """The open directory as a data set with its files; ``modified`` is a date, ``licence`` an address."""
    page = f"{site}{reverse('directory:open_data')}"
    found = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": f"{page}#annuaire",
        "url": page,
        "name": "Annuaire ouvert des fournisseurs inclusifs",
        "description": "Structures d’insertion, entreprises adaptées, ESAT, GEIQ et autres fournisseurs inclusifs de "
        "France : identité, lieu, métiers, droits à la clause sociale, source et date de chaque ligne.",
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "spatialCoverage": {"@type": "Country", "name": "France"},
        "dateModified": modified,
        "license": licence,
        "variableMeasured": [column.name for column in supplier_columns()],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": form.label,
                "contentUrl": f"{site}{reverse('directory:open_file', args=[form.file_name])}",
                "encodingFormat": form.content_type.partition(";")[0],
            }
            for form in FORMATS.values()
        ],
    }
    return {name: value for name, value in found.items() if value}
