"""A party that does not sign: versions read and compared, a refusal with its words, notice given, one of several that leaves."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from levier.accounts.models import Role
from levier.core.audit import Actor
from levier.core.models import OutgoingMail
from levier.facilitators import actions
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import Convention
from levier.facilitators.queries.conventions import differ, first_end, is_left_alone, parties_of
from levier.facilitators.queries.drafts import to_check
from levier.facilitators.queries.versions import changes, versions_seen
from levier.facilitators.queries.work import conventions_work
from levier.rulebook.months import add_months
from tests.facilitators.test_drafted_conventions import PDF, Pair, as_user, promise, sign, upload, values
from tests.factories.accounts import member, organisation, user
from tests.factories.network import facilitator_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def again(pair: Pair, made: Convention, **changed: Any) -> Convention:
    """Taken back, changed, proposed again."""
    actions.rework_convention(by=pair.worker, convention=made)
    actions.save_convention(
        by=pair.worker, structure=pair.structure, values=values(pair.town, **changed), convention=made
    )
    return actions.propose_convention(by=pair.worker, convention=made)


def object_to(made: Convention, pair: Pair, words: str = "Six mille euros, pas huit mille.") -> Any:
    return actions.object_to_convention(
        by=pair.mayor, party=made.parties.last(), sha256=made.versions.first().sha256, words=words
    )


@pytest.mark.slow
def test_each_version_is_read_and_compared_by_those_it_was_shown_to() -> None:
    pair = Pair()
    made = pair.draft(territory="Un")
    actions.save_convention(
        by=pair.worker, structure=pair.structure, values=values(pair.town, territory="Deux"), convention=made
    )
    actions.propose_convention(by=pair.worker, convention=made)
    again(pair, made, territory="Lille et l’Artois")
    assert [one.number for one in versions_seen(made, sees_drafts=True)] == [3, 2, 1]
    seen = versions_seen(made, sees_drafts=False)
    assert [one.number for one in seen] == [3, 2]
    said = [(one.kind, one.text) for one in changes(seen[1], seen[0])]
    assert [kind for kind, _ in said] == ["gone", "new"]
    assert "Deux" in said[0][1] and "Lille et l’Artois" in said[1][1]
    address = f"/conventions/{made.pk}/versions/"
    page = as_user(pair.mayor).get(f"{address}3").content.decode()
    assert "Lille et l’Artois" in page and "Retiré" in page
    for who, number, status in (
        (pair.mayor, 2, 200), (pair.mayor, 1, 404), (pair.mayor, 9, 404), (pair.worker, 1, 200),
        (facilitator_of(pair.structure), 1, 200), (member(pair.town, role=Role.NETWORK).user, 3, 403),
        (Pair().mayor, 3, 404), (user(), 3, 404),
    ):  # fmt: skip
        assert as_user(who).get(f"{address}{number}").status_code == status
    assert as_user(pair.mayor).get(f"/conventions/{made.pk}/texte.docx?version=1").status_code == 404
    assert as_user(pair.mayor).get(f"/conventions/{made.pk}/texte.docx?version=2").status_code == 200


def test_a_party_says_what_must_change_and_the_structure_sees_it_first() -> None:
    pair = Pair()
    made = pair.proposed()
    ours, theirs = made.parties.all()
    kinds = [one.kind for one in conventions_work(pair.worker, timezone.localdate())]
    assert kinds == ["Conventions à signer"]
    OutgoingMail.objects.all().delete()
    object_to(made, pair)
    line = conventions_work(pair.worker, timezone.localdate())[0]
    assert (line.kind, line.who) == ("Conventions à revoir", "me")
    assert "Six mille" in OutgoingMail.objects.get(to_address=pair.worker.email).body
    with pytest.raises(RefusedError, match="reprenez-le"):
        actions.object_to_convention(
            by=pair.worker, party=ours, sha256=made.versions.first().sha256, words="x"
        )
    with pytest.raises(RefusedError, match="a changé"):
        actions.object_to_convention(by=pair.mayor, party=theirs, sha256="0" * 64, words="x")
    with pytest.raises(RefusedError, match="Dites ce qui"):
        object_to(made, pair, words="  ")
    # The next text answers it; signing the same text would have taken it back.
    again(pair, made, financial_share="Six mille euros.")
    assert conventions_work(pair.worker, timezone.localdate())[0].kind == "Conventions à signer"
    object_to(made, pair, words="Encore un mot.")
    sign(theirs, pair.mayor)
    assert not made.versions.first().objections.exists()
    with pytest.raises(RefusedError, match="a signé"):
        object_to(made, pair)


@pytest.mark.slow
def test_who_refuses_and_what_all_read() -> None:
    pair = Pair()
    made = pair.proposed()
    address, sent = f"/conventions/{made.pk}/refuser", {
        "empreinte": made.versions.first().sha256, "mots": "Le territoire est trop grand.",
    }  # fmt: skip
    for outside in (user(), Pair().mayor):
        assert as_user(outside).post(address, sent).status_code == 404
    assert as_user(member(pair.town, role=Role.NETWORK).user).post(address, sent).status_code == 403
    assert as_user(pair.mayor).post(address, sent | {"mots": ""}).status_code == 422
    # Who buys for the town speaks for it; only who manages it signs.
    assert as_user(member(pair.town, role=Role.BUYER).user).post(address, sent).status_code == 302
    for inside in (pair.worker, pair.mayor):
        assert (
            "Le territoire est trop grand." in as_user(inside).get(f"/conventions/{made.pk}").content.decode()
        )


def test_a_convention_ends_at_the_end_of_its_notice_or_sooner_when_all_agree() -> None:
    pair = Pair()
    made = pair.signed()
    theirs, today = made.parties.last(), timezone.localdate()
    notice = add_months(today, 3)
    assert first_end(made, today) == notice
    given = {"by": pair.mayor, "party": theirs, "convention": made, "reason": "Nous changeons."}
    with pytest.raises(RefusedError, match="préavis"):
        actions.end_convention(**given, on=today)
    with pytest.raises(RefusedError, match="est passée"):
        actions.end_convention(**given, on=today - timedelta(days=1), is_agreed=True)
    actions.end_convention(**given)
    made.refresh_from_db()
    assert (made.state, made.valid_to, made.is_to_renew(today)) == ("signee", notice, False)
    by = Actor.machine("essai")
    assert actions.follow_terms(by=by, today=notice) == (0, 0)
    assert actions.follow_terms(by=by, today=notice + timedelta(days=1)) == (0, 1)


@pytest.mark.slow
def test_one_of_several_leaves_and_the_others_go_on() -> None:
    pair, third = Pair(), organisation(name="Département")
    president = member(third, role=Role.BUYER, is_admin=True).user
    parties = (
        actions.PartyValues(name="Ville", siren=pair.town.siren or ""),
        actions.PartyValues(name="Département", siren=third.siren or ""),
    )
    made = pair.proposed(kind="collectivites", others=parties)
    for one, by in zip(made.parties.all(), (pair.worker, pair.mayor, president), strict=True):
        sign(one, by)
    made.refresh_from_db()
    leaving = made.parties.last()
    assert is_left_alone(made, leaving) and not is_left_alone(made, made.parties.first())
    address = f"/conventions/{made.pk}/terminer"
    assert as_user(Pair().mayor).post(address, {"reason": "x"}).status_code == 404
    assert as_user(president).post(address, {"reason": "Nos propres équipes."}).status_code == 302
    made.refresh_from_db()
    leaving.refresh_from_db()
    assert (made.state, made.end_reason, leaving.left_on) == (
        "signee",
        "",
        add_months(timezone.localdate(), 6),
    )
    assert "Nos propres équipes." in as_user(pair.mayor).get(f"/conventions/{made.pk}").content.decode()
    following = actions.renew_convention(by=pair.worker, convention=made)
    assert [one.name for one in following.parties.all()] == ["PLIE du Val", "Ville"]


def test_a_draft_says_what_to_settle_and_all_parties_may_make_one_promise() -> None:
    pair = Pair()
    made = pair.draft(financial_share="Huit mille euros.", valid_to=None)
    said = " ".join(to_check(made, parties_of(made)))
    assert "Signataire à nommer" in said and "juristes" in said and "Sans terme" in said
    assert "Prise d’effet" not in said and "Sans espace" not in said
    past = pair.draft(
        valid_from=timezone.localdate() - timedelta(days=9),
        commitments=(promise(measure="constat", due_on=timezone.localdate()),),
    )
    assert "déjà passée" in " ".join(to_check(past, parties_of(past)))


def test_two_copies_that_differ_make_no_agreement_until_one_is_recognised_by_all() -> None:
    pair = Pair()
    made = pair.proposed()
    ours, theirs = made.parties.all()
    signer = {"signer_name": "Alix", "signer_title": "maire"}
    actions.deposit_copy(by=pair.worker, party=ours, upload=upload(), **signer)
    changed = PDF.replace(b"signee", b"signed")
    both = actions.deposit_copy(by=pair.mayor, party=theirs, upload=upload(changed), **signer)
    made.refresh_from_db()
    assert made.state == "proposee" and differ(parties_of(made))
    with pytest.raises(RefusedError, match="déjà signé"):
        actions.recognise_copy(by=pair.mayor, party=theirs, copy=both, **signer)
    actions.recognise_copy(by=pair.worker, party=ours, copy=both, **signer)
    made.refresh_from_db()
    assert made.state == "signee"
    assert set(made.versions.first().signatures.values_list("sha256", flat=True)) == {both.sha256}
