"""People in a clause: who sees them, what is frozen, what is kept, and a planted name that is found nowhere else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.utils import timezone

from levier.accounts.models import Role
from levier.execution.errors import RefusedError
from levier.execution.models import (
    Entry,
    EntryReason,
    EntryState,
    EntryTerritory,
    KeptPublic,
    Participant,
    PeopleAccess,
)
from levier.execution.people import actions, policies, retention
from levier.execution.people.scope import acting
from levier.execution.people.showing import entry_lines
from levier.rulebook.eligibility import Facts, ProofSeen
from levier.rulebook.months import add_months
from tests.factories import people as make
from tests.factories.accounts import member, user
from tests.texts import plain_spaces

pytestmark = pytest.mark.django_db


def test_an_entry_keeps_what_the_rules_said_that_day() -> None:
    where = make.place()
    one = make.entry(where)
    assert (one.verdict, one.rule_set, one.state) == ("eligible", "ccag_2021/1", EntryState.WAITING)
    assert (one.eligible_from, one.eligible_until) == (make.ENTRY, date(2028, 3, 1))
    with acting(followers=[where.structure.pk]):
        reason = EntryReason.objects.get()
    assert (reason.criterion, reason.proof, reason.proof_state) == ("rsa", "caf_rsa", "valid")
    assert (reason.seen_on, reason.seen_by_id) == (date(2026, 2, 20), where.facilitator.pk)


def test_where_somebody_lived_at_entry_is_kept_for_its_structure_and_the_person_alone() -> None:
    where = make.place()
    entry = make.entry(where, facts=make.rsa(qpv=True), work_contract="cdi")
    assert entry.work_contract == "cdi" and not EntryTerritory.objects.exists()
    with acting(companies=[where.contract.holder_id]):
        assert Entry.objects.exists() and not EntryTerritory.objects.exists()
    for scope in ({"followers": [where.structure.pk]}, {"person": entry.participant_id}):
        with acting(**scope):
            assert [(one.is_qpv, one.is_frr) for one in EntryTerritory.objects.all()] == [(True, None)]
    sheet = policies.open_sheet(where.facilitator, entry.participant_id)
    assert [one.territory for one in entry_lines(sheet)] == ["QPV : oui"]


def test_counts_of_publics_outlive_the_reasons() -> None:
    where = make.place()
    people = [
        actions.decide_entry(by=where.facilitator, entry=make.entry(where), is_valid=True) for _ in range(5)
    ]
    expected = [(2026, 5, (("Minima sociaux et allocations", 5),))]
    seen = policies.followed_people(where.facilitator).publics
    assert [(one.year, one.entries, one.counts) for one in seen] == expected
    with acting(is_retention=True):
        retention.anonymise([one.participant_id for one in people[:3]])
        retention.anonymise([one.participant_id for one in people[:3]])
        assert EntryReason.objects.count() == 2
    assert policies.followed_people(where.facilitator).publics == seen
    with acting(is_retention=True):
        retention.anonymise([people[3].participant_id])
    assert policies.followed_people(make.place().facilitator).publics == ()
    assert not KeptPublic.objects.exists(), "outside the scope nobody reads a count"


def test_the_status_of_the_employer_decides_once_its_proof_is_seen() -> None:
    where = make.place()
    seen = ProofSeen("pathway", issued_on=date(2026, 2, 1), seen_on=date(2026, 2, 20))
    one, two = (
        make.entry(
            where, facts=Facts(entry_on=make.ENTRY, in_pathway=True, proofs=proofs), employer_kind="EI", modality="sous-traitance"
        )
        for proofs in ((seen,), ())
    )  # fmt: skip
    assert (one.state, one.decided_by, one.eligible_until) == (EntryState.VALID, None, date(2028, 3, 1))
    assert two.state == EntryState.WAITING
    sheet = policies.open_sheet(where.facilitator, one.participant_id)
    assert [line.is_by_status for line in entry_lines(sheet)] == [True]


def test_somebody_is_found_by_a_part_of_the_name_without_its_accents() -> None:
    where = make.place()
    for given, family in (("Zéphirine", "N’Diaye"), ("Awa", "L'Hermite"), ("Zoé", "Ndiaye-Roy")):
        make.participant(where, given_name=given, family_name=family)

    def found(words: str) -> list[str]:
        return [
            one.person.given_name for one in policies.followed_people(where.facilitator, words=words).people
        ]

    assert found("zephir") == ["Zéphirine"] and found("roy zoe") == ["Zoé"] and found("l hermite") == ["Awa"]
    assert found("absent") == [] and len(found("")) == 3
    assert policies.followed_people(make.place().facilitator, words="zephir").people == ()


def test_a_decision_is_made_once_and_then_nothing_moves() -> None:
    where = make.place()
    one = actions.decide_entry(by=where.facilitator, entry=make.entry(where), is_valid=True)
    assert one.state == EntryState.VALID
    with pytest.raises(RefusedError, match="déjà décidée"):
        actions.decide_entry(by=where.facilitator, entry=one, is_valid=False)
    with (
        acting(followers=[where.structure.pk]),
        pytest.raises(DatabaseError, match="ne change plus"),
        transaction.atomic(),
    ):
        Entry.objects.update(eligible_until=date(2030, 1, 1))
    actions.leave(by=where.facilitator, entry=one, on=date(2026, 9, 1))


def test_what_the_rules_leave_to_the_facilitator_gets_its_window_from_the_decision() -> None:
    where = make.place()
    facts = Facts(
        entry_on=make.ENTRY, registrations=(), allocations=frozenset(), boeth=False, level=5, opinion=True,
        accompaniments=frozenset(),
    )  # fmt: skip
    one = make.entry(where, facts=facts)
    assert (one.verdict, one.eligible_until) == ("for_facilitator", None)
    one = actions.decide_entry(by=where.facilitator, entry=one, is_valid=True)
    assert one.eligible_until == date(2028, 3, 1)


def test_a_second_contract_keeps_the_window_that_the_first_opened() -> None:
    where, later = make.place(), date(2027, 1, 4)
    who = make.participant(where)
    actions.decide_entry(by=where.facilitator, entry=make.entry(where, who), is_valid=True)
    proof = make.rsa().proofs[0].__class__("caf_rsa", issued_on=later, seen_on=later)
    again = make.entry(where, who, facts=make.rsa(entry_on=later, proofs=(proof,)))
    assert again.eligible_until == date(2028, 3, 1)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"modality": "stage"}, "comment les heures se font"),
        ({"rules": "lune"}, "jeux connus"),
        ({"facts": make.rsa(entry_on=date(2029, 1, 1))}, "suit la fin du contrat"),
    ],
)
def test_an_impossible_entry_is_refused_and_nothing_is_written(fields: dict[str, Any], told: str) -> None:
    where = make.place()
    who = make.participant(where)
    with pytest.raises(RefusedError, match=told):
        make.entry(where, who, **fields)
    with acting(is_retention=True):
        assert not Entry.objects.exists()


def test_an_entry_is_in_a_contract_of_its_company_and_once_a_day() -> None:
    where = make.place()
    who = make.participant(where)
    with pytest.raises(RefusedError, match="ne tient pas ce contrat"):
        make.entry(where, who, company=where.structure)
    make.entry(where, who)
    with pytest.raises(RefusedError, match="déjà entrée"):
        make.entry(where, who)


def test_no_number_may_stand_in_a_name() -> None:
    where = make.place()
    with pytest.raises(RefusedError, match="aucun numéro"):
        make.participant(where, family_name="185057800608436")
    with pytest.raises(RefusedError, match="âge impossible"):
        make.participant(where, birth_on=date(2020, 1, 1))
    who = make.participant(where)
    with (
        acting(followers=[where.structure.pk]),
        pytest.raises(DatabaseError),
        transaction.atomic(),
    ):
        Participant.objects.filter(pk=who.pk).update(given_name="1850578006084")


def test_the_notice_has_a_day_and_a_way() -> None:
    where = make.place()
    who = make.participant(where)
    for on, way in ((timezone.localdate() + timedelta(days=1), "main"), (timezone.localdate(), "pigeon")):
        with pytest.raises(RefusedError):
            actions.give_notice(by=where.facilitator, participant=who, on=on, way=way)
    actions.give_notice(by=where.facilitator, participant=who, on=timezone.localdate(), way="main")
    assert policies.open_sheet(where.facilitator, who.pk).participant.notice_way == "main"


def test_who_opens_a_sheet() -> None:
    """Owner, colleague of another role, outsider, same role on the wrong object; then the buyer and the company."""
    where, elsewhere = make.place(), make.place()
    who = make.participant(where)
    one = make.entry(where, who)
    assert policies.open_sheet(where.facilitator, who.pk).reasons[one.pk].criterion == "rsa"
    assert [log.by_id for log in PeopleAccess.objects.all()] == [where.facilitator.pk]
    for stranger in (elsewhere.facilitator,):
        with pytest.raises(Http404):
            policies.open_sheet(stranger, who.pk)
        with pytest.raises(Http404):
            policies.get_entry_for(stranger, one.pk)
        assert policies.followed_people(stranger).people == ()
    for other in (member(where.structure, role=Role.NETWORK).user, where.buyer, where.company, user()):
        with pytest.raises(PermissionDenied):
            policies.open_sheet(other, who.pk)
    with pytest.raises(Http404):
        policies.open_sheet(AnonymousUser(), who.pk)
    assert PeopleAccess.objects.count() == 1


def test_an_account_of_another_structure_writes_nothing() -> None:
    where, elsewhere = make.place(), make.place()
    one = make.entry(where)
    for act in (
        lambda: actions.decide_entry(by=elsewhere.facilitator, entry=one, is_valid=True),
        lambda: actions.decide_entry(by=where.buyer, entry=one, is_valid=True),
        lambda: actions.leave(by=where.company, entry=one, on=date(2026, 9, 1)),
    ):
        with pytest.raises(RefusedError, match="Seuls les facilitateurs"):
            act()


def test_a_company_reads_no_reason_of_its_people() -> None:
    where = make.place()
    make.entry(where, make.participant(where))
    with acting(companies=[where.contract.holder_id]):
        assert not EntryReason.objects.exists()
        assert Participant.objects.update(given_name="Autre") == 0


def test_the_database_shows_nobody_to_a_session_that_said_nothing() -> None:
    where = make.place()
    make.entry(where)
    for table in (Participant, Entry, EntryReason):
        assert not table.objects.exists()
    with acting(followers=[where.structure.pk]):
        assert Participant.objects.count() == Entry.objects.count() == EntryReason.objects.count() == 1
        with acting(followers=[where.contract.buyer_id]):
            assert not Participant.objects.exists()
        assert Participant.objects.exists()
    assert not Participant.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic():
        Participant.objects.create(
            follower=where.structure, given_name="A", family_name="B", birth_on=date(1990, 1, 1),
            birth_year=1990, last_contact_on=date(2026, 1, 1),
        )  # fmt: skip


def _all_text() -> dict[str, str]:
    """Every table of the schema as one text, as the application reads it, for whoever says nothing of its scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname NOT LIKE 'reference%%' AND has_table_privilege(oid, 'SELECT')"
        )
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{name}\" t")
            found[name] = cursor.fetchone()[0]
        return found


@pytest.mark.slow
def test_a_planted_name_is_found_nowhere_but_in_its_own_table() -> None:
    where = make.place()
    who = make.participant(where)
    actions.give_notice(by=where.facilitator, participant=who, on=timezone.localdate(), way="courriel")
    one = actions.decide_entry(by=where.facilitator, entry=make.entry(where, who), is_valid=True)
    actions.leave(by=where.facilitator, entry=one, on=date(2026, 9, 1))
    policies.open_sheet(where.facilitator, who.pk)
    planted = (make.GIVEN, make.FAMILY, "zephirine@", "1990-05-04")
    # Outside any scope: nowhere at all.
    assert not [table for table, text in _all_text().items() for word in planted if word in text]
    with acting(followers=[where.structure.pk]):
        tables = {table for table, text in _all_text().items() for word in planted if word in text}
        assert tables == {"execution_participant"}
        # And the reason stands in its own table alone.
        assert {table for table, text in _all_text().items() if "caf_rsa" in text} == {
            "execution_entryreason"
        }


@pytest.mark.slow
def test_names_become_initials_then_leave_and_hours_stay() -> None:
    where = make.place()
    who = make.participant(where)
    make.entry(where, who)
    nothing = retention.Purged(0, 0, 0, 0, 0)
    assert retention.purge(on=where.contract.ends_on, is_dry_run=True) == nothing
    # Nobody heard of for a year, the contract over: initials; two years: nothing.
    middle, last = where.contract.ends_on + timedelta(days=1), date(2029, 6, 1)
    with acting(is_retention=True):
        Participant.objects.update(last_contact_on=add_months(middle, -13))
    assert retention.purge(on=middle, is_dry_run=True) == retention.Purged(1, 0, 0, 0, 0)
    assert retention.report(middle).named == 1
    assert retention.purge(on=middle) == retention.Purged(1, 0, 0, 0, 0)
    assert retention.purge(on=middle) == nothing
    with acting(is_retention=True):
        reduced = Participant.objects.get()
        assert (reduced.full_name, reduced.birth_on, reduced.birth_year, reduced.email) == (
            "Z. Q.",
            None,
            1990,
            "",
        )
        assert not EntryReason.objects.exists()
    with pytest.raises(RefusedError, match="initiales"):
        actions.give_notice(by=where.facilitator, participant=who, on=timezone.localdate(), way="main")
    assert policies.followed_people(where.facilitator).people == ()
    assert retention.purge(on=last) == retention.Purged(0, 1, 0, 0, 0)
    assert retention.purge(on=last) == nothing
    with acting(is_retention=True):
        kept = Participant.objects.get()
        assert (kept.full_name, kept.birth_year) == ("Personne anonymisée", 1990)
        assert Entry.objects.count() == 1
    found = retention.report(last)
    assert (found.named, found.initials, found.anonymised, found.reasons) == (0, 0, 1, 0)


def test_the_log_of_accesses_is_kept_three_years_whatever_is_asked() -> None:
    where = make.place()
    policies.open_sheet(where.facilitator, make.participant(where).pk)
    with connection.cursor() as cursor, pytest.raises(DatabaseError), transaction.atomic():
        cursor.execute("SELECT execution_forget_accesses(now() + interval '1 day')")
    with pytest.raises(DatabaseError), transaction.atomic():
        PeopleAccess.objects.all().delete()
    assert PeopleAccess.objects.count() == 1


def test_the_command_counts_and_names_nobody() -> None:
    from tests.cli.calls import document, run

    make.participant(make.place())
    told = plain_spaces(run("privacy", "report").stdout)
    assert "1 personnes nommées" in told and make.FAMILY not in told
    assert document("privacy", "purge", "--dry-run") == {
        "initials": 0, "people": 0, "files": 0, "candidates": 0, "accesses": 0, "is_dry_run": True,
    }  # fmt: skip


def test_a_work_contract_nobody_had_said_is_said_once_even_after_the_decision() -> None:
    where = make.place()
    one = actions.decide_entry(by=where.facilitator, entry=make.entry(where), is_valid=True)
    actions.say_work_contract(by=where.facilitator, entry=one, kind="cdi")
    with pytest.raises(RefusedError, match="déjà dit"):
        actions.say_work_contract(by=where.facilitator, entry=one, kind="cdd")
    with (
        acting(followers=[where.structure.pk]),
        pytest.raises(DatabaseError, match="ne change plus"),
        transaction.atomic(),
    ):
        Entry.objects.update(work_contract="cdd")
    with pytest.raises(RefusedError, match="Seuls les facilitateurs"):
        actions.say_work_contract(by=where.company, entry=one, kind="cdi")
