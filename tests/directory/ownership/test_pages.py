"""The owner's pages by four people, what each part publishes, and the sentence for each bad value."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from levier.accounts.models import Role, User
from levier.core.typography import day
from levier.directory.index import SUPPLIERS
from levier.directory.models import Capacity, SheetContact, Supplier
from levier.directory.ownership import actions
from levier.directory.ownership.forms.parts import month_choices
from levier.directory.ownership.parts import PARTS, Sheet
from levier.directory.ownership.queries import statement_of
from levier.directory.results import slug_of
from tests.factories import accounts as make
from tests.factories.ownership import keeper, listed_supplier

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sheet_of(supplier: Supplier, part: str = "") -> str:
    return f"/mon-offre/fiche/{slug_of(supplier.key)}" + (f"/{part}" if part else "")


def rows(prefix: str, *lines: dict[str, Any], known: int = 0) -> dict[str, Any]:
    """What the form of a list sends."""
    data: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": known}
    for number, line in enumerate(lines):
        data |= {f"{prefix}-{number}-{name}": value for name, value in line.items()}
    return data


def line(sector: str = "traiteur", **fields: Any) -> dict[str, Any]:
    return {"sector": sector, "ways": ["services"], "area_kind": "radius", "km": "50"} | fields


OWN_ADDRESSES = ("", "presentation", "confirmer", "renouveler", "activites-inexactes", "images/x")


@pytest.mark.slow
@pytest.mark.parametrize("part", OWN_ADDRESSES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 0), ("colleague", 0), ("buyer", 403), ("outsider", 404), ("rival", 404), ("nobody", 302)],
)
def test_only_members_with_the_role_of_the_supplier_open_its_sheet(
    supplier: Supplier, part: str, who: str, status: int
) -> None:
    people = {
        "owner": lambda: keeper(supplier).user,
        "colleague": lambda: keeper(supplier, is_admin=False).user,
        "buyer": lambda: keeper(supplier, role=Role.BUYER).user,
        "outsider": make.user,
        "rival": lambda: keeper(listed_supplier()).user,
    }
    client = Client() if who == "nobody" else signed_in(people[who]())
    response = client.post(sheet_of(supplier, part)) if part else client.get(sheet_of(supplier))
    assert response.status_code == status if status else response.status_code in {200, 302}
    supplier.refresh_from_db()
    if status:
        assert supplier.description == "Dit par la liste."


@pytest.mark.slow
def test_lines_become_activities_at_once(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    assert "à confirmer" in client.get(sheet_of(supplier)).content.decode()
    assert (
        "Nous avons déduit ces activités"
        in client.get(f"{sheet_of(supplier)}?partie=activites").content.decode()
    )
    sent = rows(
        "lineform",
        line(),
        line(
            "blanchisserie",
            area_kind="departements",
            territories="59, Pas-de-Calais",
            ways=["services", "joint"],
        ),
        line("impression", DELETE="on"),
        line("", ways=[], km="30"),
        known=3,
    )
    response = client.post(sheet_of(supplier, "activites"), sent)
    assert response["Location"] == f"{sheet_of(supplier)}?partie=activites#activites"
    supplier.refresh_from_db()
    assert supplier.sectors == ["traiteur", "blanchisserie"]
    assert (supplier.activity_status, supplier.activity_origin) == ("stated", "déclarées par la structure")
    assert supplier.profile["lines"][1]["area"] == {
        "kind": "departements", "codes": ["59", "62"], "names": ["Nord", "Pas-de-Calais"],
    }  # fmt: skip
    public = Client().get(f"/fournisseurs/{slug_of(supplier.key)}").content.decode()
    assert "départements : Nord, Pas-de-Calais" in public
    assert "Confirmé aujourd’hui" in public
    assert f"Confirmé par la structure le {day(timezone.localdate())}" in public


def test_a_new_line_starts_from_the_last_one_and_says_nothing_until_it_has_a_trade(
    supplier: Supplier,
) -> None:
    client = signed_in(keeper(supplier).user)
    area = {"area_kind": "departements", "territories": "Eure et Loir et 59, Pas de Calais"}
    client.post(sheet_of(supplier, "activites"), rows("lineform", line(ways=["works"], **area)))
    sheet = Sheet(Supplier.objects.get(pk=supplier.pk), statement_of(supplier))
    new = PARTS["activites"].make(sheet, None).forms[-1].initial
    assert (new["ways"], new["territories"]) == (["works"], "Eure-et-Loir, Nord, Pas-de-Calais")
    posted = rows("lineform", line(ways=["works"], **area), new | {"sector": "", "km": ""}, known=1)
    assert client.post(sheet_of(supplier, "activites"), posted).status_code == 302
    assert len(Supplier.objects.get(pk=supplier.pk).profile["lines"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ways": []}, "Cochez au moins une forme"),
        ({"km": ""}, "Donnez le rayon"),
        ({"km": "900"}, "Au-delà de 500 km"),
        (
            {"area_kind": "regions", "territories": "Atlantide"},
            "Atlantide » n’est pas un nom ou un code de région",
        ),
        ({"area_kind": "departements", "territories": ""}, "au moins un département"),
        ({"sector": ""}, "Choisissez le métier"),
        ({"sector": "fusées"}, "n’est pas un métier de la liste"),
    ],
)
def test_a_bad_line_is_refused_and_nothing_is_published(
    supplier: Supplier, change: dict[str, Any], sentence: str
) -> None:
    client = signed_in(keeper(supplier).user)
    response = client.post(sheet_of(supplier, "activites"), rows("lineform", line(**change)))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    supplier.refresh_from_db()
    assert "lines" not in supplier.profile


@pytest.mark.slow
def test_deduced_activities_are_refused_by_one_button(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    client.post(sheet_of(supplier, "activites-inexactes"))
    supplier.refresh_from_db()
    assert (supplier.sectors, supplier.activity_status) == ([], "unknown")
    assert "Nous avons déduit" not in client.get(f"{sheet_of(supplier)}?partie=activites").content.decode()


PARTS_SENT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("offres", rows("offerform", {"title": "Cocktail", "description": "Salé"}, {"title": ""}),
     {"offers": [{"title": "Cocktail", "description": "Salé"}]}),
    ("references", rows("referenceform", {"client": "Ville", "work": "Écoles", "year": "2024"}),
     {"references": [{"client": "Ville", "work": "Écoles", "year": 2024}]}),
    ("labels", rows("labelform", {"label": "rge", "until": "2031-01-01"}, {"label": "autre", "name": "ISO 9001"}),
     {"label:rge": {"until": "2031-01-01"}, "certificates": [{"name": "ISO 9001"}]}),
    ("effectifs", {"insertion": "12", "permanent": "3", "turnover": "500k_1m"},
     {"workforce": {"insertion": 12, "permanent": 3}, "turnover": {"bracket": "500k_1m"}}),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("part", "sent", "groups"), PARTS_SENT, ids=[part for part, _, _ in PARTS_SENT])
def test_each_part_publishes_its_groups_and_shows_them_again(
    supplier: Supplier, part: str, sent: dict[str, Any], groups: dict[str, Any]
) -> None:
    client = signed_in(keeper(supplier).user)
    assert client.post(sheet_of(supplier, part), sent).status_code == 302
    supplier.refresh_from_db()
    assert supplier.profile == groups
    shown = client.get(f"{sheet_of(supplier)}?partie={part}")
    assert shown.status_code == 200
    assert str(next(value for value in sent.values() if value not in {1, 0, 2})) in shown.content.decode()
    assert Client().get(f"/fournisseurs/{slug_of(supplier.key)}").status_code == 200


@pytest.mark.slow
def test_an_emptied_field_leaves_the_public_sheet(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    sent = {"brand": "", "description": "Nous", "phone": "", "email": "a@b.fr", "website": "exemple.fr"}
    assert client.post(sheet_of(supplier, "presentation"), sent).status_code == 302
    supplier.refresh_from_db()
    assert (supplier.phone, supplier.description, supplier.website) == ("", "Nous", "https://exemple.fr")
    assert client.post(sheet_of(supplier, "presentation"), sent | {"phone": "abc"}).status_code == 422


def test_a_label_said_twice_is_refused_and_two_certificates_are_not(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    once, again = {"label": "rge", "until": "2031-01-01"}, {"label": "rge"}
    twice = client.post(sheet_of(supplier, "labels"), rows("labelform", once, again))
    assert (twice.status_code, "parle déjà de ce label" in twice.content.decode()) == (422, True)
    two = [{"label": "autre", "name": name} for name in ("ISO 9001", "ISO 14001")]
    assert client.post(sheet_of(supplier, "labels"), rows("labelform", *two)).status_code == 302


@pytest.mark.slow
def test_people_are_public_only_when_ticked(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    sent = rows("contactform", {"name": "Ada Publique", "is_public": "on"}, {"name": "Zoé Discrète"})
    assert client.post(sheet_of(supplier, "contacts"), sent).status_code == 302
    assert SheetContact.objects.count() == 2
    public = Client().get(f"/fournisseurs/{slug_of(supplier.key)}").content.decode()
    assert "Ada Publique" in public
    assert "Discrète" not in public
    assert "Zoé Discrète" in client.get(f"{sheet_of(supplier)}?partie=contacts").content.decode()


@pytest.mark.slow
def test_free_teams_are_stated_shown_and_offered_as_a_filter(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    month = timezone.localdate().replace(day=1)
    one = {"quantity": "2", "unit": "teams", "month": month.isoformat()}
    twice = client.post(sheet_of(supplier, "disponibilites"), rows("capacityform", one, one))
    assert twice.status_code == 422
    assert "parle déjà de ce mois" in twice.content.decode()
    assert client.post(sheet_of(supplier, "disponibilites"), rows("capacityform", one)).status_code == 302
    assert Capacity.objects.get().quantity == 2
    # Three months are one line, written once and read again as one; none beyond what may be said yet.
    three = client.post(sheet_of(supplier, "disponibilites"), rows("capacityform", one | {"lasting": "3"}))
    assert (three.status_code, Capacity.objects.count()) == (302, 3)
    (said,) = PARTS["disponibilites"].make(Sheet(supplier, statement_of(supplier)), None).initial
    assert (said["month"], said["lasting"], said["quantity"]) == (month.isoformat(), 3, 2)
    late = one | {"month": month_choices(month)[-1][0], "lasting": "2"}
    refused = client.post(sheet_of(supplier, "disponibilites"), rows("capacityform", late))
    assert (refused.status_code, "au-delà de" in refused.content.decode()) == (422, True)
    SUPPLIERS.rebuild()
    found = Client().get("/fournisseurs", {"dispo": f"{month:%Y-%m}"}).content.decode()
    assert "2\xa0équipes libres en" in found
    assert "Disponible" in found
    assert Client().get("/fournisseurs", {"dispo": "mars"}).status_code == 422


@pytest.mark.slow
def test_a_picture_is_added_then_taken_off(supplier: Supplier) -> None:
    client = signed_in(keeper(supplier).user)
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, "JPEG")
    upload = SimpleUploadedFile("a.jpg", target.getvalue())
    sent = {"image": upload, "caption": "L’atelier"}
    assert client.post(sheet_of(supplier, "images"), sent).status_code == 302
    supplier.refresh_from_db()
    (shown,) = supplier.profile["images"]
    public = Client().get(f"/fournisseurs/{slug_of(supplier.key)}").content.decode()
    assert f"/medias/{shown['name']}-petite.jpg" in public
    assert 'alt="L’atelier"' in public
    wrong = client.post(
        sheet_of(supplier, "images"), {"image": SimpleUploadedFile("a.jpg", b"rien"), "caption": "x"}
    )
    assert wrong.status_code == 422
    assert "n’est pas une image" in wrong.content.decode()
    client.post(sheet_of(supplier, f"images/{shown['name']}"), {"acte": "retirer"})
    supplier.refresh_from_db()
    assert supplier.profile["images"] == []


@pytest.mark.slow
def test_six_pictures_are_enough(supplier: Supplier) -> None:
    member = keeper(supplier)
    many = [{"name": f"{number:032x}", "caption": "x"} for number in range(6)]
    actions.state_groups(by=member.user.as_actor(), supplier=supplier, groups={"images": many})
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(target, "PNG")
    sent = {"image": SimpleUploadedFile("a.png", target.getvalue()), "caption": "x"}
    response = signed_in(member.user).post(sheet_of(supplier, "images"), sent)
    assert "déjà 6 images" in response.content.decode()


@pytest.mark.slow
def test_the_owners_page_is_light_and_counts_its_questions(
    supplier: Supplier, django_assert_max_num_queries: object
) -> None:
    client = signed_in(keeper(supplier).user)
    address = f"{sheet_of(supplier)}?partie=activites"
    client.get(address)
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        html = client.get(address).content.decode()
    assert len(html.encode()) < 60_000
    assert html.count("<h1") == 1
    assert not re.findall(r"\sstyle=|hx-on", html)
