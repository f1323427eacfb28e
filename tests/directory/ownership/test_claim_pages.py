"""The pages of a request by four people: finding one's sheet, proving it, documents read, colleagues accepted."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from levier.accounts.models import Role
from levier.core.models import OutgoingMail
from levier.directory.models import Claim, ReviewingNetwork, Supplier
from levier.directory.ownership import actions
from levier.directory.results import slug_of
from levier.organisations.identifiers import is_valid_siret
from tests.directory.ownership.test_pages import sheet_of, signed_in
from tests.factories import accounts as make
from tests.factories.ownership import EMAIL, keeper, listed_supplier

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 302), ("colleague", 403), ("outsider", 404), ("rival", 404)]
)
def test_only_who_manages_accepts_somebody(supplier: Supplier, who: str, status: int) -> None:
    owner = keeper(supplier)
    claim = actions.ask_for_sheet(by=make.user(), supplier=supplier)
    people = {
        "owner": owner.user,
        "colleague": keeper(supplier, is_admin=False).user,
        "outsider": make.user(),
        "rival": keeper(listed_supplier()).user,
    }
    response = signed_in(people[who]).post(f"/mon-offre/demande/{claim.pk}/reponse", {"reponse": "oui"})
    assert response.status_code == status
    claim.refresh_from_db()
    assert (claim.state == Claim.State.PROVEN) is (who == "owner")


@pytest.mark.slow
@pytest.mark.parametrize("who", ["staff", "named", "far", "network", "owner", "self"])
def test_documents_are_read_by_the_staff_and_the_networks_it_named(supplier: Supplier, who: str) -> None:
    author = make.user(is_staff=who == "self")
    claim = actions.ask_for_sheet(by=author, supplier=supplier)
    actions.send_document(by=author, claim=claim, upload=SimpleUploadedFile("a.pdf", b"%PDF-1.7 x"))
    network = make.organisation()
    if who == "named":
        ReviewingNetwork.objects.create(organisation=network, gathers=["EI"])
    if who == "far":
        ReviewingNetwork.objects.create(organisation=network, gathers=["GEIQ"])
    people = {
        "staff": lambda: make.user(is_staff=True),
        "named": lambda: make.member(network, role=Role.NETWORK).user,
        "far": lambda: make.member(network, role=Role.NETWORK).user,
        "network": lambda: make.member(network, role=Role.NETWORK).user,
        "owner": lambda: keeper(listed_supplier()).user,
        "self": lambda: author,
    }
    client = signed_in(people[who]())
    may = who in {"staff", "named"}
    refused = 403 if who == "self" else 404
    for address in (f"/mon-offre/relecture/{claim.pk}", f"/mon-offre/relecture/{claim.pk}/justificatif"):
        response = client.get(address)
        assert response.status_code == (200 if may else refused)
        if response.streaming:
            assert b"".join(response)  # type: ignore[arg-type]
    if may:
        assert response["Content-Disposition"].startswith("attachment")
        assert supplier.name in client.get("/mon-offre/relecture/").content.decode()
    assert client.post(f"/mon-offre/relecture/{claim.pk}", {"reponse": "oui"}).status_code == (
        302 if may else refused
    )
    claim.refresh_from_db()
    assert (claim.state == Claim.State.PROVEN) is may


def test_a_request_is_its_authors_only(supplier: Supplier) -> None:
    claim = actions.ask_for_sheet(by=make.user(), supplier=supplier, address=EMAIL)
    stranger = signed_in(make.user())
    for address in (f"/mon-offre/demande/{claim.pk}", f"/mon-offre/demande/{claim.pk}/retirer"):
        assert stranger.post(address, {"code": "x"}).status_code == 404


@pytest.mark.slow
def test_from_the_siret_to_a_sheet_of_ones_own(supplier: Supplier) -> None:
    client = signed_in(make.user())
    assert "Trouver ma structure" in client.get("/mon-offre/").content.decode()
    found = client.get("/mon-offre/", {"numero": supplier.siret}).content.decode()
    address = f"/mon-offre/demander/{slug_of(supplier.key)}"
    assert f'href="{address}"' in found
    assert EMAIL in client.get(address).content.decode()
    response = client.post(address, {"preuve": EMAIL})
    claim = Claim.objects.get()
    assert response["Location"] == f"/mon-offre/demande/{claim.pk}"
    wrong = client.post(response["Location"], {"code": "AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "Il vous reste 4 essais" in wrong.content.decode()
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", OutgoingMail.objects.get().body, re.MULTILINE)
    assert code
    assert client.post(response["Location"], {"code": code.group(1)})["Location"] == sheet_of(supplier)
    # With one sheet, « Ma fiche » is that sheet; and asking again leads there too.
    assert client.get("/mon-offre/")["Location"] == sheet_of(supplier)
    assert client.get(address)["Location"] == sheet_of(supplier)
    assert "Ma fiche" in client.get("/").content.decode()


def test_a_siret_the_lists_do_not_have_yet_finds_the_sheet_by_its_siren(supplier: Supplier) -> None:
    moved = next(
        number for tail in range(100, 999) if is_valid_siret(number := f"{supplier.siren}{tail:05d}")
    )
    page = signed_in(make.user()).get("/mon-offre/", {"numero": moved}).content.decode()
    assert "Après un déménagement" in page
    assert "chiffres est sans doute faux" not in page
    assert f"/mon-offre/demander/{slug_of(supplier.key)}" in page
    wrong = signed_in(make.user()).get("/mon-offre/", {"numero": f"{supplier.siren}99999"}).content.decode()
    assert ("chiffres est sans doute faux" in wrong) is not is_valid_siret(f"{supplier.siren}99999")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [("123", "ce numéro en compte 3"), ("", "obligatoire"), ("99999999999999", "chiffres est faux")],
)
def test_a_number_that_finds_nothing_says_what_to_do(number: str, sentence: str) -> None:
    assert sentence in signed_in(make.user()).get("/mon-offre/", {"numero": number}).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"preuve": "autre", "adresse": "moi@gmail.com"}, "ne prouve rien"),
        ({"preuve": "autre"}, "Écrivez l’adresse"),
        ({"preuve": "intrus@exemple.fr"}, "Sélectionnez un choix valide"),
    ],
)
def test_a_bad_proof_is_refused_where_it_was_typed(
    supplier: Supplier, sent: dict[str, str], sentence: str
) -> None:
    response = signed_in(make.user()).post(f"/mon-offre/demander/{slug_of(supplier.key)}", sent)
    assert response.status_code == 422
    assert sentence in response.content.decode()


@pytest.mark.slow
def test_staff_names_the_networks_that_read_documents(supplier: Supplier) -> None:
    place = make.organisation()
    staff = signed_in(make.user(is_staff=True))
    assert staff.post("/mon-offre/relecture/", {"siren": place.siren}).status_code == 422
    member = make.member(place, role=Role.NETWORK)
    assert signed_in(member.user).get("/mon-offre/relecture/").status_code == 404
    assert staff.post("/mon-offre/relecture/", {"siren": place.siren}).status_code == 302
    reader = signed_in(member.user)
    assert reader.get("/mon-offre/relecture/").status_code == 200
    assert reader.post("/mon-offre/relecture/", {"siren": place.siren}).status_code == 404
    staff.post("/mon-offre/relecture/", {"retirer": ReviewingNetwork.objects.get().pk})
    assert not ReviewingNetwork.objects.exists()
