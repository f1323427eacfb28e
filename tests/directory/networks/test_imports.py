"""A list of members: read line by line, settled by a person, then written at once; a sentence for what cannot be read."""

import io
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from levier.accounts.errors import RefusedError
from levier.accounts.models import User
from levier.core.models import AuditEvent
from levier.directory.models import AwaitedMember, NetworkMember, ReviewingNetwork, Supplier
from levier.directory.networks import actions, matching
from levier.directory.networks.queries import member_suppliers
from levier.organisations.identifiers import is_valid_siret
from tests.factories import networks
from tests.factories.directory import supplier
from tests.factories.ownership import listed_supplier

pytestmark = pytest.mark.django_db

State = NetworkMember.State
# Real keys of numbers that belong to nobody in these tests.
ABSENT = "55208131766522"


@pytest.fixture
def network() -> ReviewingNetwork:
    return networks.network()


@pytest.fixture
def animator(network: ReviewingNetwork) -> User:
    return networks.animator(network.organisation).user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def root(network: ReviewingNetwork, rest: str = "") -> str:
    return f"/mon-reseau/{network.organisation_id}{rest}"


def csv_of(*lines: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("membres.csv", "\n".join(lines).encode("cp1252"))


def elsewhere(one: Supplier) -> str:
    """A right SIRET of the same company that no sheet has."""
    return next(f"{one.siren}{nic:05d}" for nic in range(500, 600) if is_valid_siret(f"{one.siren}{nic:05d}"))


def carried(page: Any) -> dict[str, str]:
    """What the preview sends back."""
    return {"etape": "importer", "liste": page.context["carried"]}


@pytest.mark.slow
def test_a_list_is_shown_line_by_line_before_anything_is_written(
    network: ReviewingNetwork, animator: User
) -> None:
    alone, second = listed_supplier(), listed_supplier()
    sheets = [
        supplier(kind=kind, siren=second.siren, siret=f"{second.siren}000{number}", name=f"Chantier {number}")
        for number, kind in ((20, "ACI"), (38, "EI"))
    ]
    client = signed_in(animator)
    page = client.post(
        root(network, "/importer"),
        {
            "file": csv_of(
                "SIRET;Nom",
                f"{alone.siret};Première élève",
                f"{second.siren};Groupe",
                f"{elsewhere(second)};Ailleurs",
                f"{ABSENT};Inconnue",
                "12345678901234;Faux",
                ";Sans numéro",
                f"{alone.siret};Répétée",
            )
        },
    )
    assert page.status_code == 200
    text = page.content.decode()
    reading = page.context["reading"]
    assert [one.line.line for one in reading.new] == [2]
    assert [one.line.line for one in reading.to_choose] == [3, 4]
    assert [one.is_ticked for one in reading.to_choose] == [True, False]
    assert [(one.line.line, one.meaning) for one in reading.set_aside] == [(6, "wrong"), (7, "without")]
    assert [one.line.line for one in reading.unknown] == [5]
    assert reading.repeated == 1
    assert "Première élève" not in text or "ligne 2" in text
    assert "Numéro faux" in text
    assert not NetworkMember.objects.exists()
    done = client.post(
        root(network, "/importer"), carried(page) | {"f": [sheets[0].key, "inventee:EI"], "attendre": "1"}
    )
    assert done.status_code == 302
    assert set(member_suppliers(network.organisation_id)) == {alone, sheets[0]}
    assert [(one.number, one.label) for one in AwaitedMember.objects.all()] == [(ABSENT, "Inconnue")]
    assert AuditEvent.objects.get(verb="directory.import_members").details == {
        "added": 2, "removed": 0, "awaited": 1,
    }  # fmt: skip


def test_a_line_without_a_number_is_known_by_its_name_and_its_commune(
    network: ReviewingNetwork, animator: User
) -> None:
    """Nor one whose number has a wrong digit. Never ticked beforehand; the same name elsewhere, half a name or no commune is nobody."""
    here = supplier(name="ASSOC LE LINGE DE ROUBAIX (ALR)", commune_id="59512")
    supplier(name="Le Linge de Roubaix", commune_id="44109")
    gone, far = supplier(name="Val Services", commune_id="59512"), listed_supplier()
    wrong = next(
        f"{far.siren}0000{digit}" for digit in range(2) if not is_valid_siret(f"{far.siren}0000{digit}")
    )
    networks.member(network, gone, state=State.DISOWNED)
    page = signed_in(animator).post(
        root(network, "/importer"),
        {
            "file": csv_of(
                "Nom;Ville;Depuis",
                "Le linge de Roubaix;59100 Roubaix;2023",
                "Le linge;Tourcoing;2023",
                "Le linge;;",
                "Val services;Roubaix;",
                "Le linge de Roubaix;55208131766521;Roubaix;M. Dupont",
                f"Autre nom;{wrong};Lens",
            )
        },
    )
    reading = page.context["reading"]
    line, miswritten, by_siren = reading.to_choose
    assert [card.key for card in by_siren.cards] == [far.key]
    assert (by_siren.is_ticked, "dont le SIREN" in by_siren.reason) == (False, True)
    assert ([card.key for card in line.cards], line.is_ticked) == ([here.key], False)
    assert "reconnue par son nom" in page.content.decode()
    assert ([card.key for card in miswritten.cards], miswritten.is_ticked) == ([here.key], False)
    assert miswritten.hint.startswith("numéro faux")
    assert [(one.line.line, one.meaning) for one in reading.set_aside] == [
        (3, "without"),
        (4, "without"),
        (5, "disowned"),
    ]


@pytest.mark.slow
def test_importing_again_changes_nothing_and_removes_only_what_is_ticked(
    network: ReviewingNetwork, animator: User
) -> None:
    stays, leaves, unticked = listed_supplier(), listed_supplier(), listed_supplier()
    for one in (stays, leaves, unticked):
        networks.member(network, one)
    client = signed_in(animator)
    page = client.post(root(network, "/importer"), {"numbers": f"{stays.siret} Toujours là"})
    assert not page.context["reading"].new
    assert {one.key for one in page.context["reading"].leaving} == {leaves.key, unticked.key}
    client.post(root(network, "/importer"), carried(page))
    assert member_suppliers(network.organisation_id).count() == 3
    client.post(root(network, "/importer"), carried(page) | {"partir": [leaves.key, stays.key]})
    assert set(member_suppliers(network.organisation_id)) == {stays, unticked}


def test_who_said_no_is_never_brought_back_by_a_list(network: ReviewingNetwork, animator: User) -> None:
    one = listed_supplier()
    networks.member(network, one, state=State.DISOWNED)
    page = signed_in(animator).post(root(network, "/importer"), {"numbers": one.siret})
    assert [line.meaning for line in page.context["reading"].set_aside] == ["disowned"]
    done = actions.import_members(by=animator, network=network, suppliers=[one])
    assert done.added == 0
    with pytest.raises(RefusedError, match="elle seule"):
        actions.add_member(by=animator, network=network, supplier=one)


def workbook(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return SimpleUploadedFile("membres.xlsx", out.getvalue())


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Collez une liste ou donnez un fichier."),
        ({"numbers": "   "}, "Collez une liste ou donnez un fichier."),
        ({"numbers": "rien que des mots"}, "Aucun SIRET"),
        ({"file": SimpleUploadedFile("a.xlsx", b"pas un classeur")}, "ne s’ouvre pas"),
        ({"file": SimpleUploadedFile("a.csv", b"a\x00b")}, "pas un tableau"),
        ({"file": SimpleUploadedFile("vide.csv", b"")}, "vide"),
        ({"numbers": "\n".join(["552081317 x"] * 3_001)}, "Au plus 3\u202f000 lignes"),
        ({"etape": "importer", "liste": "[[1, 2"}, "donnez de nouveau votre liste"),
        ({"etape": "importer", "liste": '{"a": 1}'}, "donnez de nouveau votre liste"),
    ],
)
def test_a_list_that_cannot_be_read_gets_a_sentence(
    network: ReviewingNetwork, animator: User, sent: dict[str, Any], sentence: str
) -> None:
    page = signed_in(animator).post(root(network, "/importer"), sent)
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not NetworkMember.objects.exists()


def test_a_workbook_that_kept_numbers_as_numbers_is_read(network: ReviewingNetwork, animator: User) -> None:
    one = listed_supplier()
    page = signed_in(animator).post(
        root(network, "/importer"),
        {"file": workbook(("Adhérent", "SIRET"), ("Ateliers", float(one.siret or 0)))},
    )
    assert [line.cards[0].key for line in page.context["reading"].new] == [one.key]


def test_kinds_the_network_gathers_decide_between_two_sheets_of_one_place(animator: User) -> None:
    network = networks.network("Fédération des EA", gathers=["EA"])
    user = networks.animator(network.organisation).user
    one = listed_supplier(kind="EA")
    supplier(kind="ESS", siren=one.siren, siret=one.siret)
    page = signed_in(user).post(root(network, "/importer"), {"numbers": one.siret})
    assert [line.cards[0].key for line in page.context["reading"].new] == [one.key]


def test_nothing_more_is_ticked_than_one_form_can_carry(
    network: ReviewingNetwork, animator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_BOXES", 3)
    pairs = []
    for _ in range(2):
        one = listed_supplier()
        supplier(siren=one.siren, kind="ACI")
        pairs.append(one)
    sent = "\n".join(str(one.siren) for one in pairs)
    page = signed_in(animator).post(root(network, "/importer"), {"numbers": sent})
    assert [line.is_ticked for line in page.context["reading"].to_choose] == [True, False]
