"""Who comes from elsewhere, for every reader of a search: page, export, alert, API, frame of another site, command line."""

import json

import pytest
from click.testing import CliRunner
from django.test import Client

from levier.cli.search import search_command
from levier.core.models import OutgoingMail
from levier.directory import exports, index
from levier.directory.asked import Asked
from levier.directory.coming import coming_query
from levier.directory.forms import SearchForm
from levier.directory.index import SUPPLIERS
from levier.directory.models import SavedSearch, Supplier
from levier.directory.results import understand
from levier.directory.selections import actions
from tests.factories import accounts as make
from tests.factories.directory import supplier

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SEARCH = "nettoyage à Roubaix"
CLEANS = {"sectors": ["nettoyage-locaux"], "activity_status": "stated"}
ARRAS = {
    "latitude": 50.29,
    "longitude": 2.78,
    "departement_code": "62",
    "region_code": "32",
    "precision": "address",
}


def says(**area: object) -> dict[str, object]:
    return {"lines": [{"sector": "nettoyage-locaux", "area": area}]}


def comes(name: str, **area: object) -> Supplier:
    made = supplier(name=name, profile=says(**area), **CLEANS, **ARRAS)
    indexed()
    return made


def indexed() -> None:
    SUPPLIERS.rebuild()
    index.engine().reload()


def asked(q: str) -> Asked:
    form = SearchForm({"q": q})
    assert form.is_valid()
    return understand(form.cleaned_data)


def test_whoever_comes_is_in_the_page_the_files_the_api_the_frame_and_the_command(client: Client) -> None:
    supplier(
        name="Sur place",
        latitude=50.69,
        longitude=3.17,
        departement_code="59",
        region_code="32",
        precision="address",
        **CLEANS,
    )
    supplier(name="Reste à Arras", profile=says(kind="radius", km=20), **CLEANS, **ARRAS)
    comes("Vient d’Arras", kind="radius", km=70)

    page = client.get("/fournisseurs", {"q": SEARCH}).content.decode()
    coming = page[page.index('id="viennent"') : page.index('id="plus-loin"')]
    assert "Vient d’Arras" in coming and "Reste à Arras" not in coming
    assert "2 lignes" in " ".join(page.replace("\u202f", " ").replace("\xa0", " ").split())
    search = asked(SEARCH)
    lines = {line["nom"]: line["vient_d_ailleurs"] for line in exports.rows(search.query, search.place)}
    assert lines == {"Sur place": "non", "Vient d’Arras": "oui"}
    assert exports.count(search.query, search.place) == 2

    found = client.get("/api/v1/suppliers", {"q": SEARCH, "limit": 1}).json()
    assert (found["total"], found["coming_total"]) == (1, 1)
    assert [(one["name"], one["areas"]) for one in found["coming"]] == [
        ("Vient d’Arras", ["jusqu’à 70\xa0km"])
    ]
    around = client.get("/api/v1/suppliers", {"q": "nettoyage", "near": "Roubaix", "radius_km": 30}).json()
    assert [one["name"] for one in around["coming"]] == ["Vient d’Arras"]
    # Without a radius, the one of the page.
    usual = client.get("/api/v1/suppliers", {"q": "nettoyage", "near": "Roubaix"}).json()
    assert (usual["total"], usual["coming_total"]) == (1, 1)

    frame = client.get("/widget", {"q": "nettoyage", "lieu": "Roubaix"}).content.decode()
    assert frame.index("Sur place") < frame.index("ailleurs, ils disent") < frame.index("Vient d’Arras")
    said = json.loads(CliRunner().invoke(search_command, [SEARCH, "--json"]).stdout)
    assert [one["name"] for one in said["coming"]] == ["Vient d’Arras"]


def test_an_alert_tells_of_who_now_comes_even_where_nobody_is(client: Client) -> None:
    person = make.user()
    indexed()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    # The search nobody answers is the one to be told of.
    assert "me prévenir" in client.get("/fournisseurs", {"q": SEARCH}).content.decode()
    actions.save_search(by=person, query=f"q={SEARCH}", name="nettoyage, Roubaix")
    comes("Vient d’Arras", kind="departements", codes=["59"])
    assert actions.tell_new_suppliers() == 1
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Un nouveau fournisseur : nettoyage, Roubaix"
    assert "Vient d’Arras" in mail.body and "Vient d’ailleurs et dit intervenir ici (" in mail.body
    assert actions.tell_new_suppliers() == 0
    actions.set_alert(by=person, search=SavedSearch.objects.get(), has_alert=True)
    assert actions.tell_new_suppliers() == 0


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [("nettoyage Roubaix", True), ("nettoyage dans le Nord", True), ("nettoyage", False)],
)
def test_there_is_an_elsewhere_only_where_a_place_is_asked_for(text: str, is_asked: bool) -> None:
    indexed()
    search = asked(text)
    assert (coming_query(search.query, search.place) is not None) is is_asked
