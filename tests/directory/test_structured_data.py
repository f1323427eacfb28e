"""What a sheet says to machines: schema.org, and no value that could close its block."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from levier.core.templatetags.components import json_ld
from levier.directory.models import Supplier
from tests.factories.directory import supplier

pytestmark = pytest.mark.django_db

HOSTILE = '</script><script>alert("1")</script><!-- & \u2028'
SIRET = "99900000200012"


def made(**fields: Any) -> Supplier:
    return supplier(
        key=f"{SIRET}:{fields.get('kind', 'EI')}", siret=SIRET, siren=SIRET[:9], commune_id="59512",
        departement_code="59", region_code="32", **fields,
    )  # fmt: skip


def data_of(client: Client, kind: str = "ei") -> dict[str, Any]:
    html = client.get(f"/fournisseurs/{SIRET}-{kind}").content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    assert len(blocks) == 1
    found: dict[str, Any] = json.loads(blocks[0])
    return found


def test_a_sheet_says_who_where_and_what(client: Client) -> None:
    made(
        name="Les Pinceaux", address="1 rue du Four", postal_code="59100", latitude=50.69, longitude=3.17,
        precision="address", sectors=["peinture-vitrerie"], activity_status="stated", phone="03 20 00 00 00",
        website="pinceaux.fr",
    )  # fmt: skip
    data = data_of(client)
    assert data["@context"] == "https://schema.org"
    assert data["@type"] == "LocalBusiness"
    assert data["identifier"] == {"@type": "PropertyValue", "propertyID": "SIRET", "value": SIRET}
    assert data["iso6523Code"] == f"0009:{SIRET}"
    assert data["address"] == {
        "@type": "PostalAddress", "streetAddress": "1 rue du Four", "postalCode": "59100",
        "addressLocality": "Roubaix", "addressRegion": "Hauts-de-France", "addressCountry": "FR",
    }  # fmt: skip
    assert data["geo"] == {"@type": "GeoCoordinates", "latitude": 50.69, "longitude": 3.17}
    assert data["areaServed"]["name"] == "Nord"
    assert data["knowsAbout"] == ["Peinture et vitrerie"]
    assert data["sameAs"] == "https://pinceaux.fr"
    assert data["url"] == f"http://testserver/fournisseurs/{SIRET}-ei"
    assert "email" not in data


def test_a_sheet_says_where_its_owner_works_what_it_sells_and_shows(client: Client) -> None:
    around = {"kind": "radius", "km": 40}
    regions = {"kind": "regions", "codes": ["53"], "names": ["Bretagne"]}
    made(
        latitude=50.69, longitude=3.17, precision="address",
        profile={
            "lines": [{"sector": "peinture-vitrerie", "ways": ["works"], "area": one} for one in (around, regions, regions)],
            "offers": [{"title": "Ravalement", "description": "Sous huit jours"}],
            "images": [{"name": "a" * 32, "caption": "x"}],
        },
    )  # fmt: skip
    data = data_of(client)
    circle, region = data["areaServed"]
    assert (circle["@type"], circle["geoRadius"]) == ("GeoCircle", "40000")
    assert region == {"@type": "AdministrativeArea", "name": "Bretagne", "identifier": "53"}
    assert data["makesOffer"][0]["name"] == "Ravalement"
    assert data["image"] == [f"http://testserver/medias/{'a' * 32}-grande.jpg"]


def test_who_lends_people_is_an_employment_agency_and_a_mean_is_no_position(client: Client) -> None:
    made(kind="ETTI", latitude=50.0, longitude=3.0, precision="departement")
    data = data_of(client, "etti")
    assert data["@type"] == "EmploymentAgency"
    assert "geo" not in data


def test_no_value_closes_the_block(client: Client) -> None:
    made(name=HOSTILE)
    assert data_of(client)["name"] == HOSTILE
    block = str(json_ld({"name": HOSTILE}))
    assert block.count("<") == 2
    assert "\u2028" not in block


def test_a_fictitious_supplier_is_kept_from_search_engines(client: Client) -> None:
    made(is_demo=True)
    assert 'content="noindex"' in client.get(f"/fournisseurs/{SIRET}-ei").content.decode()
    Supplier.objects.update(is_demo=False)
    assert 'content="noindex"' not in client.get(f"/fournisseurs/{SIRET}-ei").content.decode()
