"""From the decision of a lot to its texts: filled, checked, exported, by those of the purchase only."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from django.test import Client
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.clauses import actions as texts
from levier.clauses.lot_texts.drafting import known_values, texts_of
from levier.clauses.lot_texts.fields import fields_of
from levier.clauses.models import LotTextValues
from levier.clauses.studies import actions
from levier.clauses.studies.actions import ChoiceValues
from levier.clauses.studies.calculating import Change
from levier.purchasing.models import ContactSide, Lot, PurchaseState
from tests.factories import purchases as make
from tests.factories.accounts import member, organisation
from tests.texts import plain_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def facilitator() -> User:
    return make.facilitator()


@pytest.fixture
def lot(facilitator: User) -> Lot:
    structure = facilitator.memberships.get().organisation
    purchase = make.purchase(
        state=PurchaseState.TO_STUDY, facilitator=structure, lots=0, contract_kind="travaux", amount_ht=1_000_000,
        launch_on=date(2026, 12, 1), starts_on=date(2027, 3, 1), departement_code="59", title="École Jules-Ferry",
    )  # fmt: skip
    make.contacts(purchase, ContactSide.BUYER)
    made = make.lot(purchase, cpv="45442100", amount_ht=1_000_000, months=10, title="Peinture")
    version = actions.save_version(by=facilitator, lot=made)
    actions.propose(
        by=facilitator,
        lot=made,
        values=ChoiceValues(levers=("L2112-2",), hours=Decimal(950), version=version),
    )
    return made


def _as(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _page(lot: Lot) -> str:
    return reverse("clauses:lot_texts", kwargs={"lot_pk": lot.pk})


def _file(lot: Lot, target: str = "docx") -> str:
    return reverse("clauses:lot_file", kwargs={"lot_pk": lot.pk, "target": target})


def test_an_action_takes_the_place_of_the_hours_where_they_are_asked(lot: Lot, facilitator: User) -> None:
    """Pupils welcomed, a training: below the thresholds too, the clause may ask for an action."""
    actions.propose(by=facilitator, lot=lot, values=ChoiceValues(levers=("L2112-2",)))
    names = {one.name: one for one in fields_of(lot, texts_of(lot), posted={})}
    assert names["social_condition"].hint.startswith("À remplir à la place des heures")
    sent = _as(facilitator).post(
        _page(lot), {"social_condition": "accueillir trois élèves", "penalty_action": "800"}
    )
    assert sent.status_code == 302
    found = texts_of(lot)
    assert found.drafts[0].variant == "condition sociale sans heures"
    assert "hours" not in {gap.name for gap in found.gaps}
    assert "accueillir trois élèves" in found.documents[0].markdown


def test_a_purchase_of_one_lot_is_a_contract_without_lots(lot: Lot) -> None:
    (alone,) = texts_of(lot).drafts
    assert "Lot concerné" not in "".join(one.markdown for one in alone.documents)
    make.lot(lot.purchase, cpv="90919300", title="Nettoyage")
    (among,) = texts_of(lot).drafts
    assert "Lot concerné : lot 1 « Peinture »" in plain_spaces(among.document("avis").markdown)


def test_the_text_an_organisation_wrote_for_a_trade_serves_the_lots_of_that_trade(lot: Lot) -> None:
    buyer = lot.purchase.organisation
    writer = member(buyer).user
    for trade, words in (
        ("", "Pour tous."),
        ("works", "Pour nos chantiers."),
        ("cleaning", "Pour nos écoles."),
    ):
        texts.save_variant(
            by=writer,
            organisation=buyer,
            lever="L2112-2",
            document="rc",
            trade=trade,
            markdown=words,
            note="",
        )
    assert texts_of(lot).drafts[0].document("rc").markdown.strip() == "Pour nos chantiers."
    Lot.objects.filter(pk=lot.pk).update(cpv="77310000")
    lot.refresh_from_db()
    assert texts_of(lot).drafts[0].document("rc").markdown.strip() == "Pour tous."


def test_the_texts_of_the_structure_serve_the_purchases_entrusted_to_it_unless_the_buyer_keeps_its_own(
    lot: Lot, facilitator: User
) -> None:
    structure, buyer = facilitator.memberships.get().organisation, lot.purchase.organisation
    common = {"lever": "L2112-2", "document": "rc", "note": ""}
    texts.save_variant(by=facilitator, organisation=structure, trade="works", markdown="Le nôtre.", **common)
    (made,) = texts_of(lot).drafts
    assert made.document("rc").markdown.strip() == "Le nôtre."
    assert structure.name in made.document("rc").own
    # The buyer's own wins, even written for every trade.
    texts.save_variant(by=member(buyer).user, organisation=buyer, trade="", markdown="Le sien.", **common)
    assert texts_of(lot).drafts[0].document("rc").markdown.strip() == "Le sien."


def test_levers_that_stand_ill_together_are_said_where_they_are_read(lot: Lot, facilitator: User) -> None:
    levers = ("L2112-2", "L2113-13")
    actions.propose(by=facilitator, lot=lot, values=ChoiceValues(levers=levers, hours=Decimal(900)))
    study = reverse("clauses:study", kwargs={"lot_pk": lot.pk})
    for page in (study, _page(lot)):
        assert "Redondant" in _as(facilitator).get(page).content.decode(), page


@pytest.mark.parametrize(
    ("months", "last"),
    [(36, date(2030, 2, 28)), (10, date(2027, 12, 31)), (Decimal("1.5"), date(2027, 4, 15))],
)
def test_a_contract_ends_on_the_day_before_its_date(lot: Lot, months: Decimal, last: date) -> None:
    lot.months = months
    assert known_values(lot, lot.choices.get())["end"] == last


def test_what_the_study_answered_counts_for_the_levers_and_the_texts(lot: Lot, facilitator: User) -> None:
    """The buyer left the staff to take over open; the facilitator answered it in the study that is proposed."""
    canteen = make.lot(lot.purchase, cpv="55524000", amount_ht=900_000, months=36, title="Restauration")
    page = reverse("clauses:study", kwargs={"lot_pk": canteen.pk})
    assert "tant que la réponse manque" in _as(facilitator).get(page).content.decode()
    answered = [Change("takeover_hours", 150.0, "liste du titulaire sortant")]
    version = actions.save_version(by=facilitator, lot=canteen, changes=answered)
    assert "tant que la réponse manque" not in _as(facilitator).get(page).content.decode()
    values = ChoiceValues(levers=("L2112-2",), hours=Decimal(658), version=version)
    actions.propose(by=facilitator, lot=canteen, values=values)
    (made,) = texts_of(canteen).drafts
    assert made.variant == "personnel à reprendre"
    assert "takeover_hours" not in {gap.name for gap in made.gaps}
    # One truth: the lot keeps the first answer, a scenario only supposes another, and proposing it corrects the lot.
    canteen.refresh_from_db()
    assert canteen.takeover_hours == Decimal(150)
    assert "150\u00a0h par mois, d’après l’étude" in canteen.purchase.events.latest("pk").note
    nobody = [Change("takeover_hours", 0.0, "le titulaire garde son équipe")]
    version = actions.save_version(by=facilitator, lot=canteen, name="sans reprise", changes=nobody)
    canteen.refresh_from_db()
    assert canteen.takeover_hours == Decimal(150)
    actions.propose(by=facilitator, lot=canteen, values=replace(values, version=version))
    canteen.refresh_from_db()
    assert (canteen.takeover_known, canteen.takeover_hours) == (True, None)
    assert texts_of(canteen).drafts[0].variant == "heures fixes"
    # Jobs opened to insertion: the text counts in jobs only when the hours decided are those of that study.
    made_in_jobs = [Change("method", "headcount", "un alternant"), Change("headcount", 0.5, "un alternant")]
    version = actions.save_version(by=facilitator, lot=lot, changes=made_in_jobs)
    for hours, variant in (
        (Decimal(version.result["range"]["likely"]), "heures comptées en emplois"),
        (Decimal(600), "heures fixes"),
    ):
        actions.propose(
            by=facilitator, lot=lot, values=ChoiceValues(levers=("L2112-2",), hours=hours, version=version)
        )
        assert texts_of(lot).drafts[0].variant == variant


def test_the_texts_say_what_the_purchase_and_its_decision_say(lot: Lot) -> None:
    found = texts_of(lot)
    text = "\n".join(one.markdown for one in found.documents).replace("\u202f", " ").replace("\xa0", " ")
    assert "950 h" in text
    assert "École Jules-Ferry" in text
    assert "1er mars 2027" in text
    assert not found.is_signed
    assert "penalty_hour" in {gap.name for gap in found.gaps}
    assert found.publication is not None
    assert found.publication.decp == ("Clause sociale",)


def test_values_typed_fill_the_texts_and_a_wrong_one_is_said(lot: Lot, facilitator: User) -> None:
    client = _as(facilitator)
    assert client.post(_page(lot), {"penalty_hour": "60", "answer_deadline": ""}).status_code == 302
    assert LotTextValues.objects.get().values == {"penalty_hour": "60"}
    assert "60" in client.get(_page(lot)).content.decode()
    wrong = client.post(_page(lot), {"penalty_hour": "soixante"})
    assert wrong.status_code == 422
    assert "attend un nombre" in wrong.content.decode()
    assert LotTextValues.objects.get().values == {"penalty_hour": "60"}


def test_only_those_of_the_purchase_open_and_fill_them(lot: Lot, facilitator: User) -> None:
    buyer = member(lot.purchase.organisation, role=Role.BUYER).user
    other_role = member(lot.purchase.organisation, role=Role.NETWORK).user
    for allowed in (buyer, facilitator):
        assert _as(allowed).get(_page(lot)).status_code == 200
        assert _as(allowed).post(_page(lot), {"penalty_hour": "60"}).status_code == 302
    assert _as(other_role).get(_page(lot)).status_code == 403
    for outsider in (make.facilitator(), member(organisation(), role=Role.BUYER).user):
        assert _as(outsider).get(_page(lot)).status_code == 404
        assert _as(outsider).post(_page(lot), {}).status_code == 404
        assert _as(outsider).get(_file(lot)).status_code == 404


@pytest.mark.parametrize("target", ["docx", "odt", "pdf", "html", "txt", "md"])
def test_they_leave_in_every_format(lot: Lot, facilitator: User, target: str) -> None:
    answer = _as(facilitator).get(_file(lot, target))
    assert answer.status_code == 200
    assert len(answer.content) > 1_000


def test_one_document_leaves_alone(lot: Lot, facilitator: User) -> None:
    answer = _as(facilitator).get(_file(lot), {"document": "ccap"})
    text = zipfile.ZipFile(io.BytesIO(answer.content)).read("word/document.xml").decode()
    assert "insertion" in text
    assert _as(facilitator).get(_file(lot), {"document": "rien"}).status_code == 404
    assert _as(facilitator).get(_file(lot, "exe")).status_code == 404


def test_without_a_lever_the_page_teaches_the_next_step(lot: Lot, facilitator: User) -> None:
    actions.propose(
        by=facilitator, lot=lot, values=ChoiceValues(why_none="Volume trop mince pour un parcours.")
    )
    assert "Aucun levier à rédiger" in _as(facilitator).get(_page(lot)).content.decode()


def test_the_fields_speak_alone_and_a_penalty_is_never_suggested(lot: Lot, facilitator: User) -> None:
    fields = {one.name: one for one in fields_of(lot, texts_of(lot), posted={})}
    assert len({one.label for one in fields.values()}) == len(fields)
    assert fields["eligibility_months"].value == "24"
    assert fields["tasks"].is_suggested
    assert fields["penalty_hour"].value == ""
    assert "200" in fields["penalty_hour"].hint
    # Nobody has said which CCAG: it is asked, and its articles then are.
    client = _as(facilitator)
    assert "CCAG Maîtrise d’œuvre" in client.get(_page(lot)).content.decode()
    assert "CCAG Travaux" in client.post(_page(lot), {"ccag": "travaux"}, follow=True).content.decode()
    assert {"ccag_penalty_article", "ccag_termination_article"} <= {gap.name for gap in texts_of(lot).gaps}
    assert client.post(_page(lot), {"ccag": "autre"}).status_code == 422

    # A number read in one text only is shown to be confirmed, and stays out of the text until somebody says so.
    client.post(_page(lot), {"ccag": "pi"})
    found = texts_of(lot)
    shown = {one.name: one for one in fields_of(lot, found, posted={})}
    assert (shown["ccag_insertion_article"].value, shown["ccag_insertion_article"].is_suggested) == (
        "16.1",
        True,
    )
    assert (shown["ccag_penalty_article"].value, shown["ccag_termination_article"].value) == ("16.1.5", "39")
    assert "16.1" not in found.drafts[0].document("ccap").markdown
    LotTextValues.objects.all().delete()
    assert _as(facilitator).post(_page(lot), {"penalty_cap_rate": "20"}).status_code == 302
    assert LotTextValues.objects.get().values == {"penalty_cap_rate": "20 %"}
    assert "20\u202f%" in "".join(one.markdown for one in texts_of(lot).documents)


def test_the_whole_file_opens_with_what_it_is(lot: Lot, facilitator: User) -> None:
    text = _as(facilitator).get(_file(lot, "md")).content.decode()
    first = text.partition("\n## ")[0]
    assert "pas encore signée" in first
    assert "à compléter" in first
    assert "1. Avis d’appel public à la concurrence" in first


@pytest.mark.real_data
def test_what_is_published_of_a_lot_is_on_its_page_and_fits_the_official_schema(
    lot: Lot, facilitator: User, shared_data: Path
) -> None:
    html = _as(facilitator).get(_page(lot)).content.decode()
    for said in ("considération sociale", "Clause sociale", "BT-06-Lot", "BT-775-Lot", "BT-71-Lot", "BT-736-Lot",
                 "OCDS, LOT-0001", "contractPerformanceConditions"):  # fmt: skip
        assert said in html
    address = reverse("clauses:lot_publication", kwargs={"lot_pk": lot.pk})
    given = _as(facilitator).get(address).json()
    assert [one["term"] for one in given["eforms"]] == ["BT-06-Lot", "BT-775-Lot", "BT-71-Lot", "BT-736-Lot"]
    assert given["ocds"]["tender"]["lots"][0]["id"] == "LOT-0001"
    for version in ("2.0.2", "2.0.3", "2.0.4"):
        path = shared_data / "5_marches" / "schemas" / f"schema_decp_v{version}.json"
        schema = json.loads(path.read_text(encoding="utf-8"))
        part = schema["definitions"]["marche"]["properties"]["considerationsSociales"]
        validator = jsonschema.Draft7Validator(part | {"definitions": schema["definitions"]})
        validator.validate(given["decp"]["considerationsSociales"])
    assert _as(make.facilitator()).get(address).status_code == 404
