"""The demonstration: loaded again without a change, cleared without a trace; the preparation done twice."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from levier.accounts.actions import clear_demo_accounts, load_demo_accounts
from levier.accounts.models import User
from levier.clauses.demo import load_demo_clauses
from levier.clauses.models import ChoiceKind, InsertionOffer, LotChoice, WinnerLink
from levier.clauses.offers.winners import address_of
from levier.clauses.studies.calculating import replayed
from levier.cli import preparation
from levier.community.actions import load_demo as load_portal
from levier.community.models import RegionalPortal
from levier.core.following import FollowedIndex
from levier.core.models import Change, OutgoingMail
from levier.directory.models import SourceRecord, Supplier
from levier.execution.demo import has_demo_contracts, load_demo_contracts
from levier.execution.models import DeclarationLine, LedgerHead, LineState
from levier.execution.policies import contracts_of
from levier.facilitators.actions import load_demo_network
from levier.facilitators.models import Structure
from levier.purchasing import policies
from levier.purchasing.actions.demo import load_demo_purchase
from levier.purchasing.actions.demo_notices import clear_demo_notices, load_demo_notices
from levier.purchasing.models import NoticeLot, OpenLot, Purchase, QuestionDesk, TradeConsultation
from levier.purchasing.queries.open_lots import open_lots
from levier.purchasing.structures import desks_for
from tests.cli.calls import document, run

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demonstration")]


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()


@pytest.mark.slow
def test_the_doctor_finds_the_demonstration_well() -> None:
    found = {finding["name"]: finding for finding in document("doctor", code=0)}
    assert all(finding["is_fine"] for finding in found.values())


@pytest.mark.slow
def test_loading_again_changes_no_supplier() -> None:
    before = (Supplier.objects.count(), Change.objects.count(), Structure.objects.count())
    result = run("demo")
    assert result.exit_code == 0
    assert (Supplier.objects.count(), Change.objects.count(), Structure.objects.count()) == before
    assert "demo-accounts.txt" in result.stdout


@pytest.mark.slow
def test_the_whole_demonstration_opens_every_page_and_goes_without_a_trace(settings: Any) -> None:
    load_demo_accounts(by=preparation.INSTALLER)
    load_portal(by=preparation.INSTALLER)
    load_demo_network(by=preparation.INSTALLER)
    assert User.objects.exists() and (settings.LEVIER_HOME / "demo-accounts.txt").exists()
    _the_purchase_is_shared_by_two_sides()
    _the_exchanges_open_every_page()
    assert not OutgoingMail.objects.exists(), "nobody is written to by a demonstration"
    assert run("demo", "clear").stdout == "Démonstration retirée.\n"
    for rows in (
        RegionalPortal, Supplier, SourceRecord, Structure, User,
        Purchase, OpenLot, TradeConsultation, QuestionDesk, InsertionOffer, WinnerLink,
    ):  # fmt: skip
        assert not rows.objects.exists(), rows
    assert not (settings.LEVIER_HOME / "demo-accounts.txt").exists()
    assert run("demo", "clear").exit_code == 0


def _the_purchase_is_shared_by_two_sides() -> None:
    assert load_demo_purchase(by=preparation.INSTALLER)
    assert not load_demo_purchase(by=preparation.INSTALLER)
    purchase = Purchase.objects.get()
    assert purchase.lots.present().count() == purchase.contacts.count() == 4
    assert [len(policies.purchases_of(one)) for one in User.objects.order_by("email")].count(1) == 2
    facilitator = User.objects.get(email__startswith="facilitateur")
    assert policies.get_purchase_for(facilitator, purchase.pk, to="study").facilitator is not None
    assert desks_for(purchase)[0].organisation == purchase.facilitator


def _the_exchanges_open_every_page() -> None:
    shared = Purchase.objects.get()
    assert load_demo_clauses(by=preparation.INSTALLER)
    assert not load_demo_clauses(by=preparation.INSTALLER)
    published, awarded = Purchase.objects.exclude(pk=shared.pk).order_by("state_since")
    assert (published.state, awarded.state) == ("publie", "attribue")
    lots = open_lots(today=timezone.localdate())
    assert [bool(one.reserved_to) for one in lots] == [False, True, False]
    assert {one.contact.is_demo for one in lots if one.contact} == {True}
    for signed in LotChoice.objects.filter(kind=ChoiceKind.DECISION).exclude(hours=None):
        assert signed.version and signed.hours == signed.version.hours_likely, signed.lot.title
        assert signed.lot.takeover_known and replayed(signed.version).range.likely == signed.hours
    client, trades = Client(), TradeConsultation.objects.get()
    public = client.get(f"/consultations/{published.pk}").content.decode()
    assert public.count("Publiée pour tous") == 2 and "480" in public
    assert (
        "Fédération de la propreté" in client.get(f"/consultations-des-metiers/{trades.pk}").content.decode()
    )
    won = "/" + address_of(WinnerLink.objects.get()).split("//", 1)[1].split("/", 1)[1]
    assert "1\u202f400" in client.get(won).content.decode()


@pytest.mark.slow
def test_the_contracts_of_the_demonstration_are_declared_and_counted() -> None:
    load_demo_accounts(by=preparation.INSTALLER)
    load_demo_network(by=preparation.INSTALLER)
    load_demo_clauses(by=preparation.INSTALLER)
    assert load_demo_contracts(by=preparation.INSTALLER) == 3
    assert load_demo_contracts(by=preparation.INSTALLER) == 0
    assert has_demo_contracts() and not OutgoingMail.objects.exists()
    states = set(DeclarationLine.objects.values_list("state", flat=True))
    assert states == {LineState.ACCEPTED, LineState.WAITING, LineState.QUESTIONED}
    assert LedgerHead.objects.aggregate(done=Sum("done"))["done"] == Decimal("1731.00")
    facilitator = User.objects.get(email__startswith="facilitateur")
    assert contracts_of(facilitator).count() == 3


@pytest.mark.slow
def test_the_notices_of_the_demonstration_are_alive_marked_and_go_with_the_rest() -> None:
    load_demo_notices(by=preparation.INSTALLER)
    assert load_demo_notices(by=preparation.INSTALLER) == 3, "dated anew, never twice"
    html = Client().get("/opportunites?lieu=59").content.decode()
    assert html.count("avis fictif, démonstration") == 4 and "Lot réservé" in html
    assert "Propreté du Val SARL" in html.split("Qui vient")[1]
    assert clear_demo_notices(by=preparation.INSTALLER) == 3 and not NoticeLot.objects.exists()


@pytest.mark.slow
def test_a_production_start_refuses_demonstration_accounts(
    settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    load_demo_accounts(by=preparation.INSTALLER)
    preparation.refuse_demo_in_production()
    settings.IS_PRODUCTION = True
    with pytest.raises(SystemExit) as stop:
        preparation.refuse_demo_in_production()
    assert stop.value.code == 1
    assert "levier demo clear" in capsys.readouterr().err
    clear_demo_accounts(by=preparation.INSTALLER)
    preparation.refuse_demo_in_production()


def test_the_announcement_gives_the_address_and_the_accounts(settings: Any) -> None:
    assert settings.SITE_URL in preparation.announcement()
    load_demo_accounts(by=preparation.INSTALLER)
    (first, *_) = User.objects.values_list("email", flat=True)
    assert first in preparation.announcement()


@pytest.mark.slow
def test_a_second_preparation_does_nothing_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from levier.purchasing.index import CONTRACTS

    # The contracts' index is not part of the shared demonstration: this test builds no index at all.
    monkeypatch.setattr(
        preparation, "followed_indexes", lambda: [i for i in _indexes() if i is not CONTRACTS]
    )
    preparation.prepare_installation()
    files = sorted(path.name for path in settings.STATIC_ROOT.rglob("*"))
    assert files
    changes = Change.objects.count()

    def again(*arguments: Any, **named: Any) -> None:
        raise AssertionError("done a second time")

    monkeypatch.setattr(preparation, "call_command", again)
    monkeypatch.setattr(FollowedIndex, "rebuild", again)
    preparation.prepare_installation()
    assert Change.objects.count() == changes
    assert sorted(path.name for path in settings.STATIC_ROOT.rglob("*")) == files


def _indexes() -> tuple[FollowedIndex, ...]:
    from levier.cli.index import followed_indexes

    return followed_indexes()
