"""The pages of a study, each opened by who may, who may not, and the same role elsewhere."""

import io
import json
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.clauses.models import LotChoice, OwnValue, RealisedLot, StudyVersion
from levier.clauses.studies import actions
from levier.clauses.studies.actions import ChoiceValues
from levier.clauses.studies.calculating import Change
from levier.clauses.studies.lot_lines import lines_of
from levier.clauses.studies.realised_file import UnreadableRecordError, read_record
from levier.purchasing.models import Lot, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db

WHY = "mesuré sur nos dix derniers lots"


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def lot(facilitator: User) -> Lot:
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=facilitator.memberships.get().organisation, lots=0,
        contract_kind="travaux", launch_on=date(2026, 12, 1), departement_code="59", amount_ht=1_000_000,
    )  # fmt: skip
    return make.lot(purchase, cpv="45442100", amount_ht=1_000_000, months=10, title="Peinture de l’école")


@pytest.fixture
def buyer(lot: Lot) -> User:
    return member(lot.purchase.organisation, role=Role.BUYER).user


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _study(lot: Lot) -> str:
    return reverse("clauses:study", kwargs={"lot_pk": lot.pk})


def _save(client: Client, lot: Lot, **values: str) -> int:
    return client.post(_study(lot), {"faire": "enregistrer"} | values).status_code


@pytest.mark.slow
def test_facilitator_studies_buyer_reads_others_find_nothing(
    lot: Lot, facilitator: User, buyer: User
) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    colleague = member(structure, role=Role.FACILITATOR).user
    other_role = member(structure, role=Role.NETWORK).user
    outsider = member(organisation(), role=Role.BUYER).user
    elsewhere = make.facilitator()
    assert _save(_as(facilitator), lot) == 302
    assert _save(_as(colleague), lot) == 302
    assert _save(_as(buyer), lot) == 403
    version = StudyVersion.objects.first()
    assert version is not None
    pages = [_study(lot), reverse("clauses:study_version", kwargs={"pk": version.pk}),
             reverse("clauses:study_version_json", kwargs={"pk": version.pk})]  # fmt: skip
    for address in pages:
        assert [_as(one).get(address).status_code for one in (facilitator, colleague, buyer)] == [200] * 3
        assert [_as(one).get(address).status_code for one in (other_role, outsider, elsewhere)] == [
            403,
            404,
            404,
        ]
        assert Client().get(address).status_code == 302


@pytest.mark.slow
def test_trying_keeps_nothing_and_a_wrong_value_is_said_on_its_field(lot: Lot, facilitator: User) -> None:
    client = _as(facilitator)
    shown = client.post(_study(lot), {"faire": "essayer", "rate": "5 %", "reason": WHY}).content.decode()
    assert "Rien n’est encore enregistré" in shown
    assert "833" in shown or "500" in shown
    assert not StudyVersion.objects.exists()
    # What the hours cost, the jobs they make and the crew that bounds them are those of the try.
    tried = {"faire": "essayer", "labour_share": "50", "hourly_cost": "30", "rate": "5", "reason": WHY}
    shown = plain_spaces(client.post(_study(lot), tried).content.decode())
    assert "<strong>24 990 €</strong>" in shown and "Effort d’insertion en euros" in shown
    assert "25 000 €" in shown and "emplois à temps plein, sur toute la durée" in shown
    shown = plain_spaces(client.post(_study(lot), tried | {"posts": "2", "weeks": "6"}).content.decode())
    assert "plus de 420 h sur la durée du lot. <strong>C’est ce qui borne les heures.</strong>" in shown
    assert "Semaines-personnes retenues" in shown
    alone = {"faire": "essayer", "posts": "1", "months": "1", "reason": WHY}
    assert "151,67 h" in plain_spaces(client.post(_study(lot), alone).content.decode())
    answer = client.post(_study(lot), {"faire": "enregistrer", "rate": "150"})
    assert answer.status_code == 422
    assert "de 0 à 100" in answer.content.decode()
    answer = client.post(_study(lot), {"faire": "essayer", "amount_ht": "-5", "reason": WHY})
    assert "Le champ « montant HT » vaut −5" in plain_spaces(answer.content.decode())
    answer = client.post(_study(lot), {"faire": "enregistrer", "rate": "5"})
    assert answer.status_code == 422
    assert "pourquoi vous changez" in answer.content.decode()
    assert not StudyVersion.objects.exists()


@pytest.mark.slow
def test_a_scenario_is_chosen_by_its_name(lot: Lot, facilitator: User) -> None:
    client = _as(facilitator)
    assert _save(client, lot, name="Sans reprise") == 302
    scenario = str(StudyVersion.objects.get().scenario_id)
    assert _save(client, lot, scenario=scenario) == 302
    last, first = StudyVersion.objects.order_by("-number")
    shown = client.get(reverse("clauses:study_version", kwargs={"pk": last.pk})).content.decode()
    assert f'href="/etudes/{first.pk}">version 1' in plain_spaces(shown)
    options = re.findall(r"<option[^>]*>([^<]*)", client.get(_study(lot)).content.decode())
    assert options[:2] == ["Un nouveau scénario", "Sans reprise"]


def test_the_first_look_needs_no_saved_study(lot: Lot, buyer: User) -> None:
    shown = _as(buyer).get(_study(lot)).content.decode()
    assert "heures d’insertion, valeur centrale" in shown
    assert "Enregistrer cette étude" not in shown


@pytest.mark.slow
def test_a_lot_that_cannot_be_calibrated_says_what_it_lacks(lot: Lot, facilitator: User) -> None:
    lot.amount_ht = None
    lot.save(update_fields=["amount_ht"])
    shown = _as(facilitator).get(_study(lot)).content.decode()
    assert "Le montant manque" in shown


@pytest.mark.slow
def test_proposal_then_signature_each_by_its_own(lot: Lot, facilitator: User, buyer: User) -> None:
    values = {"levers": ["L2112-2"], "hours": "950"}
    propose, decide = (
        reverse(f"clauses:{name}", kwargs={"lot_pk": lot.pk}) for name in ("propose", "decide")
    )
    _save(_as(facilitator), lot)
    assert _as(buyer).post(propose, values).status_code == 403
    assert _as(facilitator).post(propose, values).status_code == 302
    assert _as(facilitator).post(decide, values).status_code == 403
    assert _as(buyer).post(decide, values).status_code == 422
    lot.purchase.state = PurchaseState.PROPOSED
    lot.purchase.save(update_fields=["state"])
    assert "Signer cette décision" in _as(buyer).get(_study(lot)).content.decode()
    assert _as(buyer).post(decide, values).status_code == 302
    decision = LotChoice.objects.get(kind="decision")
    assert (decision.by, decision.hours) == (buyer, Decimal(950))
    assert _as(make.facilitator()).post(decide, values).status_code == 404


@pytest.mark.slow
def test_the_scenario_in_view_is_the_last_saved_or_the_one_called_and_it_is_what_is_proposed(
    lot: Lot, facilitator: User
) -> None:
    first = actions.save_version(by=facilitator, lot=lot)
    other = [Change("rate", 0.08, "engagement du schéma")]
    actions.save_version(by=facilitator, lot=lot, name="Huit", changes=other)
    client = _as(facilitator)
    assert "scénario « Huit »" in plain_spaces(client.get(_study(lot)).content.decode())
    called = f"{_study(lot)}?scenario={first.scenario_id}"
    assert "scénario « Proposition »" in plain_spaces(client.get(called).content.decode())
    assert client.get(f"{_study(lot)}?scenario=autre").status_code == 200
    values = {"levers": ["L2112-2"], "hours": "950", "en_vue": str(first.scenario_id)}
    client.post(reverse("clauses:propose", kwargs={"lot_pk": lot.pk}), values)
    assert LotChoice.objects.get().version == first
    # Something saved after the proposal comes back in view, until the buyer has to sign what was proposed.
    actions.save_version(
        by=facilitator, lot=lot, name="Neuf", changes=[Change("rate", 0.09, "essai à neuf pour cent")]
    )
    assert "scénario « Neuf »" in plain_spaces(client.get(_study(lot)).content.decode())
    lot.purchase.state = PurchaseState.PROPOSED
    lot.purchase.save(update_fields=["state"])
    assert "scénario « Proposition »" in plain_spaces(client.get(_study(lot)).content.decode())


@pytest.mark.slow
def test_no_clause_prints_its_reasons(lot: Lot, facilitator: User, buyer: User) -> None:
    address = reverse("clauses:derogation", kwargs={"lot_pk": lot.pk, "form": "docx"})
    assert _as(buyer).get(address).status_code == 404
    actions.propose(
        by=facilitator, lot=lot, values=ChoiceValues(why_none="Volume trop mince pour un <parcours> utile.")
    )
    answer = _as(buyer).get(address)
    assert answer.status_code == 200
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "Volume trop mince" in text
    assert "pas signée" in text
    assert _as(member(organisation(), role=Role.BUYER).user).get(address).status_code == 404


def test_the_saved_study_leaves_as_json(lot: Lot, facilitator: User) -> None:
    _save(_as(facilitator), lot)
    version = StudyVersion.objects.get()
    body = json.loads(
        _as(facilitator).get(reverse("clauses:study_version_json", kwargs={"pk": version.pk})).content
    )
    assert body["result"]["range"]["likely"] == 1000
    assert {row["name"] for row in body["readings"]} >= {"labour_share"}


@pytest.mark.slow
def test_a_structure_keeps_its_table_alone(lot: Lot, facilitator: User, buyer: User) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    address = reverse("clauses:table", kwargs={"pk": structure.pk})
    values = {"quelle": "labour_share|peinture", "value": "55 %", "low": "0,5", "high": "60 %", "reason": WHY}
    assert _as(facilitator).post(address, values).status_code == 302
    assert OwnValue.objects.get().value == 0.55
    for other in (buyer, make.facilitator()):
        assert _as(other).get(address).status_code == 404
        assert _as(other).post(address, values).status_code == 404
    shown = _as(facilitator).get(address).content.decode()
    assert WHY in shown
    assert f"{facilitator} : Part de main-d’œuvre, peinture intérieure : 55 %" in plain_spaces(shown)
    near = {"departement_code": "59", "value": "60 %", "low": "", "high": ""}
    kept = _as(facilitator).post(address, values | near)
    assert kept["Location"] == f"{address}?departement=59"
    assert "<strong>60\u202f%</strong>" in _as(facilitator).get(kept["Location"]).content.decode()
    # Where no value of its own counts, the one for everywhere does, and says so.
    assert f"Partout : {WHY}" in plain_spaces(
        _as(facilitator).get(f"{address}?departement=62").content.decode()
    )
    for typed, said in (
        ({"value": "55"}, "de 0 à 100 %. Écrivez par exemple 55 % ou 0,55."),
        (
            {"quelle": "hourly_cost|construction", "low": "", "high": "", "value": "0"},
            "entre 1 et 10 000 €/h",
        ),
        ({"quelle": "expected_people|", "low": "", "high": "", "value": "60"}, "donnez son département"),
    ):
        wrong = _as(facilitator).post(address, values | typed)
        assert wrong.status_code == 422
        assert said in plain_spaces(wrong.content.decode())
    assert _as(facilitator).get(reverse("clauses:tables")).status_code == 302


RECORD = (
    "Référence;Objet;Code CPV;Département;Montant HT;Heures prévues;Heures réalisées;Heures travaillées;Fin\n"
    "A1;Peinture du collège;45442100;59;900 000;1 000;950;11 000;31/12/2024\n"
    "A2;Peinture du lycée;45442100-8;59;1 200 000,50;1200;1200;15000;2025\n"
    "A3;Peinture de la halle;peinture;62;800000;900;400;;2025-06-30\n"
    "A3;Peinture de la halle;peinture;62;800000;900;400;;2025-06-30\n"
    "A4;;45442100;59;1;1;1;;2025\n"
    "A5;Ordinateurs;30213000;59;90000;10;10;;2025\n"
    "A6;Peinture;45442100;59;beaucoup;10;10;;2025\n"
)


def test_realised_lots_are_read_as_people_write_them() -> None:
    found = read_record(RECORD.encode("cp1252"), "suivi.csv")
    assert [row["amount_ht"] for row in found.rows] == [
        Decimal(900_000),
        Decimal("1200000.50"),
        Decimal(800_000),
    ]
    assert found.rows[1]["ended_on"] == date(2025, 12, 31)
    assert [one.line for one in found.refused] == [5, 6, 7, 8]
    assert found.read == 7
    with pytest.raises(UnreadableRecordError, match="heures prévues"):
        read_record(b"Objet;CPV\nx;45\n", "suivi.csv")
    with pytest.raises(UnreadableRecordError, match="vide"):
        read_record(b"\n\n", "suivi.csv")


@pytest.mark.slow
def test_bringing_a_record_twice_doubles_nothing_and_teaches(
    lot: Lot, facilitator: User, buyer: User
) -> None:
    structure = lot.purchase.facilitator
    assert structure is not None
    address = reverse("clauses:realised", kwargs={"pk": structure.pk})
    for _ in range(2):
        upload = io.BytesIO(RECORD.encode())
        upload.name = "suivi.csv"
        answer = _as(facilitator).post(address, {"fichier": upload})
        assert answer.status_code == 200
        assert "4 lignes refusées" in answer.content.decode()
    assert RealisedLot.objects.count() == 3
    assert _as(buyer).post(address, {}).status_code == 404
    table = _as(facilitator).get(reverse("clauses:table", kwargs={"pk": structure.pk})).content.decode()
    assert "Part proposée" in table
    accepted = _as(facilitator).post(
        reverse("clauses:accept", kwargs={"pk": structure.pk}), {"metier": "peinture"}
    )
    assert accepted.status_code == 302
    assert OwnValue.objects.get().reason.startswith("apprise de 3 lots")


@pytest.mark.slow
def test_queries_of_the_page_do_not_grow_with_scenarios(
    lot: Lot, facilitator: User, django_assert_max_num_queries: object
) -> None:
    for number in range(4):
        actions.save_version(by=facilitator, lot=lot, name=f"Scénario {number}")
    client = _as(facilitator)
    with django_assert_max_num_queries(30):  # type: ignore[operator]
        assert client.get(_study(lot)).status_code == 200


def test_a_lot_under_study_is_not_said_untouched(lot: Lot, facilitator: User) -> None:
    said = [*lines_of(lot.purchase, [lot], facilitator)]
    actions.save_version(by=facilitator, lot=lot)
    said += lines_of(lot.purchase, [lot], facilitator)
    assert [one.lines for one in said] == [
        ("Pas encore étudié.",),
        ("Étude commencée, pas encore proposée.",),
    ]
