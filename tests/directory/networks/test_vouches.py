"""Vouches stand beside a value as long as it is the one that was read; corrections are the keeper's to follow."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from levier.accounts.errors import RefusedError
from levier.accounts.models import User
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory.models import (
    Capacity,
    NetworkMember,
    ReviewingNetwork,
    SheetCorrection,
    SourceRecord,
    Supplier,
    Vouch,
)
from levier.directory.networks import actions
from levier.directory.networks.actions import Checked
from levier.directory.networks.facts import FACTS, add_months, hash_of
from levier.directory.networks.members import facts_to_vouch, member_lines, tick_of
from levier.directory.networks.queries import gathered_suppliers
from levier.directory.networks.vouching import (
    facts_of_members,
    published_of,
    standing_vouches,
    vouches_to_check,
)
from levier.directory.ownership.actions import CapacityLine, state_capacities, state_groups
from levier.directory.results import slug_of
from tests.factories import accounts as make
from tests.factories import networks
from tests.factories.directory import supplier
from tests.factories.ownership import GUESS, keeper, listed_supplier

pytestmark = pytest.mark.django_db

PEOPLE = {"workforce": {"insertion": 24, "permanent": 6}}


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


@pytest.fixture
def network() -> ReviewingNetwork:
    return networks.network()


@pytest.fixture
def animator(network: ReviewingNetwork) -> User:
    return networks.animator(network.organisation).user


@pytest.fixture
def one(network: ReviewingNetwork) -> Supplier:
    """A member that says how many people work there."""
    made = listed_supplier()
    networks.member(network, made)
    say(made, PEOPLE)
    return made


def say(member: Supplier, groups: dict[str, Any]) -> None:
    """The owner's word."""
    state_groups(by=keeper(member).user.as_actor(), supplier=member, groups=groups)
    member.refresh_from_db()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def checked(member: Supplier, fact: str = "effectifs") -> Checked:
    """The fact as it stands now."""
    member.refresh_from_db()
    return Checked(member, fact, hash_of(FACTS[fact], published_of([member])[member.pk]))


def vouch(network: ReviewingNetwork, animator: User, member: Supplier, fact: str = "effectifs") -> Vouch:
    actions.vouch_for(
        by=animator, network=network, checked=[checked(member, fact)], how="visit", note="vu le 3"
    )
    return Vouch.objects.latest("pk")


def sheet(member: Supplier) -> str:
    return Client().get(f"/fournisseurs/{slug_of(member.key)}").content.decode()


@pytest.mark.slow
def test_a_vouch_shows_beside_the_value_and_falls_when_the_owner_changes_it(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    before = dict(one.profile)
    made = vouch(network, animator, one)
    one.refresh_from_db()
    assert one.profile == before
    page = sheet(one)
    assert "Attesté" in page
    assert "par Réseau du Val le" in page
    assert "attesté par Réseau du Val" in page
    # The note is for the network's own people.
    assert "vu le 3" not in page
    assert made.said == "24\xa0personnes en insertion, 6\xa0permanents"
    say(one, {"workforce": {"insertion": 30, "permanent": 6}})
    assert "Réseau du Val le" not in sheet(one)
    fallen = vouches_to_check(network.organisation_id)
    assert [(row.why, row.vouch.said != row.now) for row in fallen] == [("la valeur a changé", True)]
    assert (
        "à revérifier" in signed_in(animator).get(f"/mon-reseau/{network.organisation_id}").content.decode()
    )
    again = vouch(network, animator, one)
    made.refresh_from_db()
    assert made.withdrawn_at is not None
    assert again.withdrawn_at is None
    assert "Réseau du Val le" in sheet(one)
    assert not vouches_to_check(network.organisation_id)


def test_a_vouch_holds_twelve_months_then_waits_to_be_checked_again(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    made = vouch(network, animator, one)
    today = timezone.localdate()
    assert made.expires_on == add_months(today, 12)
    Vouch.objects.update(expires_on=today)
    assert standing_vouches([one])
    Vouch.objects.update(expires_on=today - dt.timedelta(days=1))
    assert not standing_vouches([one])
    assert [row.why for row in vouches_to_check(network.organisation_id)] == ["échue"]


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
        (dt.date(2026, 12, 1), 12, dt.date(2027, 12, 1)),
        (dt.date(2026, 11, 30), 3, dt.date(2027, 2, 28)),
    ],
)
def test_months_are_added_to_a_day(start: dt.date, months: int, end: dt.date) -> None:
    assert add_months(start, months) == end


@pytest.mark.slow
@pytest.mark.parametrize("left", ["removed", "disowned", "unnamed"])
def test_who_is_no_longer_gathered_is_no_longer_vouched_for(
    network: ReviewingNetwork, animator: User, one: Supplier, left: str
) -> None:
    vouch(network, animator, one)
    if left == "removed":
        actions.remove_member(by=animator, network=network, supplier=one)
    elif left == "disowned":
        actions.disown_membership(by=keeper(one).user, member=NetworkMember.objects.get())
    else:
        network.delete()
    assert not standing_vouches([one])
    assert "Attesté" not in sheet(one)


@pytest.mark.slow
def test_a_value_that_changed_since_the_page_was_shown_is_not_vouched_for(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    seen = checked(one)
    say(one, {"workforce": {"insertion": 25}})
    with pytest.raises(RefusedError, match="a changé entre-temps"):
        actions.vouch_for(by=animator, network=network, checked=[seen], how="visit")
    with pytest.raises(RefusedError, match="comment"):
        actions.vouch_for(by=animator, network=network, checked=[checked(one)], how="rumour")
    with pytest.raises(RefusedError, match="au moins un"):
        actions.vouch_for(by=animator, network=network, checked=[], how="visit")
    stranger = listed_supplier()
    say(stranger, PEOPLE)
    with pytest.raises(RefusedError, match="n’est plus membre"):
        actions.vouch_for(
            by=animator, network=network, checked=[checked(one), checked(stranger)], how="visit"
        )
    # An unknown fact, or one the sheet is silent about.
    for fact in ("inconnu", "offres"):
        with pytest.raises(RefusedError, match="a changé"):
            actions.vouch_for(by=animator, network=network, checked=[Checked(one, fact, "")], how="visit")
    assert not Vouch.objects.exists()


@pytest.mark.slow
def test_taking_a_vouch_back_is_undone_by_one_click(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    made = vouch(network, animator, one)
    client = signed_in(animator)
    answer = client.post(f"/mon-reseau/attestations/{made.pk}")
    assert "Attesté" not in sheet(one)
    assert "Annuler" in client.get(answer["Location"]).content.decode()
    client.post(f"/mon-reseau/attestations/{made.pk}", {"do": "remettre"})
    assert "Attesté" in sheet(one)
    actions.withdraw_vouch(by=animator, vouch=made)
    vouch(network, animator, one)
    with pytest.raises(RefusedError, match="plus récente"):
        actions.restore_vouch(by=animator, vouch=made)
    other = networks.animator(networks.network("Autre").organisation).user
    for stranger in (other, keeper(one).user, make.user()):
        assert signed_in(stranger).post(f"/mon-reseau/attestations/{made.pk}").status_code == 404


@pytest.mark.slow
def test_facts_worth_a_word_are_those_no_list_gives_and_those_the_sources_dispute(
    network: ReviewingNetwork, animator: User
) -> None:
    member = listed_supplier(activity={"sectors": ["traiteur"], "status": "stated", "origin": "liste"})
    networks.member(network, member)

    def reasons() -> dict[str, str]:
        shown = gathered_suppliers(network.organisation_id).get()
        return {
            one.fact.slug: one.reason for one in facts_of_members(network.organisation_id, [shown])[shown.pk]
        }

    assert reasons() == {"activites": ""}
    say(member, {"activity": {"sectors": ["traiteur"], "status": "stated", "origin": "x", "confidence": 1}})
    assert reasons() == {"activites": ""}
    stated = (listed := SourceRecord.objects.filter(source_id="liste")).get().values
    listed.update(values=stated | {"activity": GUESS})  # our guess is no second source
    assert reasons() == {"activites": "dit par la structure seule"} and listed.update(values=stated)
    say(member, {"activity": {"sectors": ["blanchisserie"], "status": "stated", "origin": "structure",
                              "confidence": 1}} | PEOPLE | {"certificates": [{"name": "Qualibat"}],
                                                            "label:rse-geiq": {}})  # fmt: skip
    month = timezone.localdate().replace(day=1)
    state_capacities(
        by=keeper(member).user.as_actor(),
        supplier=member,
        lines=[CapacityLine(month, 2, Capacity.Unit.TEAMS)],
    )
    assert reasons() == {
        "activites": "les sources diffèrent",
        "labels": "dit par la structure seule",
        "effectifs": "dit par la structure seule",
        "disponibilites": "dit par la structure seule",
    }
    guessed = listed_supplier()
    networks.member(network, guessed)
    proposed, total = facts_to_vouch(network)
    assert total == 5
    assert [row.reason for row in proposed if row.supplier == guessed] == ["déduit, personne ne le déclare"]


@pytest.mark.slow
def test_the_same_teams_renewed_stay_vouched_for(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    month = timezone.localdate().replace(day=1)
    lines = [CapacityLine(month, 2, Capacity.Unit.TEAMS, "nettoyage-locaux")]
    state_capacities(by=animator.as_actor(), supplier=one, lines=lines)
    vouch(network, animator, one, "disponibilites")
    Capacity.objects.update(stated_on=timezone.localdate() - dt.timedelta(days=9))
    assert "Attesté" in sheet(one)
    Capacity.objects.update(quantity=3)
    assert "Attesté" not in sheet(one)


def test_a_list_that_gives_the_same_label_takes_the_vouch_s_place(
    network: ReviewingNetwork, one: Supplier
) -> None:
    say(one, {"label:rse-geiq": {"until": "2030-01-01"}})
    shown = published_of([one])[one.pk]
    assert set(shown.own_labels) == {"label:rse-geiq"}
    one.origins = {"label:rse-geiq": {"source": "liste"}}
    assert not shown.own_labels


@pytest.mark.slow
def test_many_facts_are_vouched_for_at_once_from_one_page(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    second = listed_supplier()
    networks.member(network, second)
    say(second, PEOPLE)
    client = signed_in(animator)
    page = f"/mon-reseau/{network.organisation_id}/faits"
    ticks = [tick_of(each, "effectifs", checked(each).value_hash) for each in (one, second)]
    assert all(tick in client.get(page).content.decode() for tick in ticks)
    assert client.post(page, {"fait": ticks}).status_code == 422
    kept = client.post(page, {"fait": ticks, "how": "phone", "note": "x" * 301})
    assert kept.status_code == 422
    assert kept.content.decode().count(" checked") >= 2
    assert client.post(page, {"how": "phone"}).status_code == 422
    assert client.post(page, {"fait": ["n’importe|quoi", "a|b|c"], "how": "phone"}).status_code == 422
    assert client.post(page, {"fait": ticks, "how": "phone"}).status_code == 302
    assert Vouch.objects.count() == 2
    event = AuditEvent.objects.filter(verb="directory.vouch_for").latest("pk")
    assert event.details == {"vouches": 2, "suppliers": 2, "how": "phone"}


@pytest.mark.slow
def test_one_member_s_page_vouches_for_its_own_facts_only(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    second = listed_supplier()
    networks.member(network, second)
    say(second, PEOPLE)
    page = f"/mon-reseau/{network.organisation_id}/membres/{slug_of(one.key)}"
    ticks = [tick_of(each, "effectifs", checked(each).value_hash) for each in (one, second)]
    client = signed_in(animator)
    unsaid = client.post(f"{page}/attester", {"fait": ticks})
    assert (unsaid.status_code, f'value="{ticks[0]}" checked' in unsaid.content.decode()) == (422, True)
    assert client.post(f"{page}/attester", {"fait": ticks, "how": "file"}).status_code == 302
    assert [row.supplier for row in Vouch.objects.all()] == [one]
    text = client.get(page).content.decode()
    assert "dossier d’adhésion" in text


def test_a_vouch_of_a_merged_sheet_follows_the_one_that_stands_for_it(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    old = supplier(kind="ACI", sectors=["traiteur"], activity_status="stated")
    networks.member(network, old)
    vouch(network, animator, old, "activites")
    Supplier.objects.filter(pk=old.pk).update(is_listed=False, merged_into=one)
    Supplier.objects.filter(pk=one.pk).update(sectors=["traiteur"], activity_status="stated")
    one.refresh_from_db()
    assert [row.fact for row in standing_vouches([one])[one.pk]] == ["activites"]


@pytest.mark.slow
def test_vouched_facts_add_a_little_to_the_score(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    def points() -> int:
        return member_lines(network, list(gathered_suppliers(network.organisation_id)))[0].score.points

    before = points()
    vouch(network, animator, one)
    assert points() == before + 2
    page = signed_in(keeper(one).user).get(f"/mon-offre/fiche/{slug_of(one.key)}").content.decode()
    assert "Faits attestés par un réseau : 2 sur 6" in page


@pytest.mark.slow
def test_a_correction_is_written_to_the_keeper_who_follows_it_or_not(
    network: ReviewingNetwork, animator: User, one: Supplier
) -> None:
    owner = keeper(one).user
    OutgoingMail.objects.all().delete()
    client = signed_in(animator)
    page = f"/mon-reseau/{network.organisation_id}/membres/{slug_of(one.key)}"
    assert client.post(f"{page}/corriger", {"fact": "effectifs", "text": " "}).status_code == 422
    assert client.post(f"{page}/corriger", {"fact": "inconnu", "text": "x"}).status_code == 422
    values = dict(one.profile)
    assert client.post(f"{page}/corriger", {"fact": "effectifs", "text": "Plutôt 20 ?"}).status_code == 302
    assert owner.email in OutgoingMail.objects.values_list("to_address", flat=True)
    assert "Plutôt 20 ?" in OutgoingMail.objects.latest("pk").body
    client.post(f"{page}/corriger", {"fact": "effectifs", "text": "Plutôt 21 ?"})
    waiting = SheetCorrection.objects.get(state="open")
    assert waiting.text == "Plutôt 21 ?"
    own = f"/mon-offre/fiche/{slug_of(one.key)}"
    assert "Plutôt 21 ?" in signed_in(owner).get(own).content.decode()
    for stranger in (make.user(), keeper(listed_supplier()).user, animator):
        assert signed_in(stranger).post(f"/mon-offre/corrections/{waiting.pk}").status_code == 404
    answer = signed_in(owner).post(f"/mon-offre/corrections/{waiting.pk}", {"reponse": "oui"})
    assert "partie=effectifs" in answer["Location"]
    one.refresh_from_db()
    assert one.profile == values
    waiting.refresh_from_db()
    assert waiting.state == "accepted"
    # Answered once.
    client.post(f"/mon-reseau/corrections/{waiting.pk}")
    waiting.refresh_from_db()
    assert waiting.state == "accepted"
    second = actions.propose_correction(
        by=animator, network=network, supplier=one, fact="offres", text="Voir"
    )
    rival = networks.animator(networks.network("Autre").organisation).user
    assert signed_in(rival).post(f"/mon-reseau/corrections/{second.pk}").status_code == 404
    assert client.post(f"/mon-reseau/corrections/{second.pk}").status_code == 302
    second.refresh_from_db()
    assert second.state == "withdrawn"


def test_nobody_to_write_to_no_correction(network: ReviewingNetwork, animator: User) -> None:
    member = listed_supplier()
    networks.member(network, member)
    with pytest.raises(RefusedError, match="Personne ne tient"):
        actions.propose_correction(by=animator, network=network, supplier=member, fact="offres", text="Voir")


def test_a_vouch_keeps_no_value_of_people(network: ReviewingNetwork, animator: User, one: Supplier) -> None:
    vouch(network, animator, one)
    details = AuditEvent.objects.get(verb="directory.vouch_for").details
    assert "24" not in str(details)
    assert not SourceRecord.objects.filter(source_id="network").exists()
