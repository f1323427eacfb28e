"""Asking for a sheet: codes, documents, rivals; what is refused, what is forgotten, who is told."""

import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from levier.accounts.actions import change_role, create_organisation, invite_member
from levier.accounts.errors import RefusedError
from levier.accounts.models import Invitation, Membership, Role, User
from levier.core.models import AuditEvent, OutgoingMail
from levier.directory import tasks
from levier.directory.models import Claim, SourceRecord, Supplier
from levier.directory.ownership import actions, papers
from levier.directory.ownership.actions import claims
from tests.factories import accounts as make
from tests.factories import networks
from tests.factories.ownership import EMAIL, keeper, listed_supplier

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nun justificatif"


def code_of(claim: Claim) -> str:
    """The code as the structure receives it: the database does not hold it."""
    body = OutgoingMail.objects.get(message_id=f"claim-code-{claim.pk}").body
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", body, re.MULTILINE)
    assert found
    return found.group(1)


def asked(supplier: Supplier, address: str = EMAIL, by: User | None = None) -> Claim:
    return actions.ask_for_sheet(by=by or make.user(), supplier=supplier, address=address)


def document(content: bytes = PDF, name: str = "preuve.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def kept_files(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "claims").glob("*"))


@pytest.mark.slow
def test_the_code_sent_to_the_listed_address_opens_the_sheet() -> None:
    supplier = listed_supplier()
    claim = asked(supplier)
    assert OutgoingMail.objects.get(message_id=f"claim-code-{claim.pk}").to_address == EMAIL
    membership = actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim).lower())
    assert membership is not None
    assert (membership.role, membership.is_admin) == (Role.SUPPLIER, True)
    assert membership.organisation == supplier.organisation
    claim.refresh_from_db()
    assert (claim.state, claim.secret_hash) == (Claim.State.PROVEN, "")


@pytest.mark.parametrize("address", ["moi@gmail.com", "moi@ailleurs.fr", "moi@sous.ateliers-essai.fr"])
def test_an_address_that_proves_nothing_receives_nothing(address: str) -> None:
    with pytest.raises(RefusedError, match="ne prouve rien"):
        asked(listed_supplier(), address)
    assert not OutgoingMail.objects.exists()
    assert not Claim.objects.exists()


@pytest.mark.slow
def test_an_address_its_owner_typed_is_no_proof() -> None:
    supplier = listed_supplier(email=None, website=None)
    actions.state_groups(
        by=keeper(supplier).user.as_actor(), supplier=supplier, groups={"email": "moi@intrus-essai.fr"}
    )
    Membership.objects.all().delete()
    with pytest.raises(RefusedError, match="ne prouve rien"):
        asked(supplier, "moi@intrus-essai.fr")


def test_wrong_codes_are_counted_and_the_fifth_is_the_last() -> None:
    claim = asked(listed_supplier())
    for left in (4, 3, 2, 1):
        with pytest.raises(RefusedError, match=f"reste {left} essai"):
            actions.prove_by_code(by=claim.user, claim=claim, code="AAAA-AAAA")
    with pytest.raises(RefusedError, match="dernier essai"):
        actions.prove_by_code(by=claim.user, claim=claim, code="AAAA-AAAA")
    with pytest.raises(RefusedError, match="ne vaut plus"):
        actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim))
    assert not Membership.objects.exists()


def test_a_code_dies_after_an_hour() -> None:
    claim = asked(listed_supplier())
    Claim.objects.filter(pk=claim.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(RefusedError, match="ne vaut plus"):
        actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim))


@pytest.mark.slow
def test_the_code_of_one_request_does_not_open_another() -> None:
    supplier, user = listed_supplier(), make.user()
    first = asked(supplier, by=user)
    second = asked(supplier, by=user)
    first.refresh_from_db()
    assert first.state == Claim.State.WITHDRAWN
    with pytest.raises(RefusedError):
        actions.prove_by_code(by=user, claim=second, code=code_of(first))
    with pytest.raises(RefusedError, match="n’attend pas de code"):
        actions.prove_by_code(by=user, claim=first, code=code_of(first))


def test_neither_code_nor_address_is_in_the_trail() -> None:
    claim = asked(listed_supplier())
    code = code_of(claim)
    actions.prove_by_code(by=claim.user, claim=claim, code=code)
    trail = str(list(AuditEvent.objects.values()))
    assert EMAIL not in trail
    assert code.replace("-", "") not in trail + str(list(Claim.objects.values()))


def test_a_mailbox_is_not_flooded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "MOST_FOR_ONE_SUPPLIER", 2)
    supplier = listed_supplier()
    asked(supplier)
    asked(supplier)
    with pytest.raises(RefusedError, match="reprenez demain"):
        asked(supplier)


def test_a_document_is_read_then_deleted_and_who_saw_it_stays(
    tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    supplier, reader = listed_supplier(), make.user(is_staff=True)
    claim = actions.send_document(by=make.user(), claim=asked(supplier, ""), upload=document())
    (kept,) = kept_files(tmp_path)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert papers.content_type(claim.document) == "application/pdf"
    with django_capture_on_commit_callbacks(execute=True):
        actions.decide_on_document(by=reader, claim=claim, is_accepted=True)
    claim.refresh_from_db()
    assert not kept_files(tmp_path)
    assert (claim.state, claim.decided_by, claim.document) == (Claim.State.PROVEN, reader, "")
    assert claim.decided_at is not None
    assert Membership.objects.get(user=claim.user).role == Role.SUPPLIER
    assert OutgoingMail.objects.filter(
        to_address=claim.user.email, subject__contains="Votre demande"
    ).exists()


def test_a_refusal_says_why_and_opens_nothing(
    tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    claim = actions.send_document(by=make.user(), claim=asked(listed_supplier(), ""), upload=document())
    with pytest.raises(RefusedError, match="Dites pourquoi"):
        actions.decide_on_document(by=make.user(), claim=claim, is_accepted=False)
    with django_capture_on_commit_callbacks(execute=True):
        actions.decide_on_document(
            by=make.user(), claim=claim, is_accepted=False, reason="Document illisible"
        )
    assert not kept_files(tmp_path)
    assert not Membership.objects.exists()
    assert "Document illisible" in OutgoingMail.objects.get(to_address=claim.user.email).body
    with pytest.raises(RefusedError, match="déjà reçu une réponse"):
        actions.decide_on_document(by=make.user(), claim=claim, is_accepted=True)


@pytest.mark.parametrize(
    "content", [b"", b"MZ\x90\x00", b"<html>", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"x" * 100]
)
def test_only_the_content_of_a_document_counts(content: bytes, tmp_path: Path) -> None:
    claim = asked(listed_supplier(), "")
    with pytest.raises(RefusedError, match="ni un PDF"):
        actions.send_document(by=claim.user, claim=claim, upload=document(content))
    assert not kept_files(tmp_path)


def test_a_document_too_heavy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(papers, "MOST_BYTES", 10)
    with pytest.raises(RefusedError, match="10 Mo"):
        papers.keep(document())


def test_a_document_is_announced_to_the_networks_near_it_else_to_the_staff() -> None:
    """Nobody opens a page every day to see whether somebody waits."""
    staff, supplier = make.user(is_staff=True), listed_supplier()
    actions.send_document(by=(one := asked(supplier, "")).user, claim=one, upload=document())
    assert [mail.to_address for mail in OutgoingMail.objects.all()] == [staff.email]
    actions.send_document(by=one.user, claim=one, upload=document())
    assert OutgoingMail.objects.count() == 1, "another document of the same request"
    near = networks.animator(networks.network(gathers=["EI"]).organisation).user
    for name, others in (
        ("GEIQ", {"gathers": ["GEIQ"]}),
        ("Bretagne", {"territory_kind": "region", "territory_code": "53"}),
    ):
        networks.animator(networks.network(name, **others).organisation)
    OutgoingMail.objects.all().delete()
    two = asked(supplier, "")
    actions.send_document(by=two.user, claim=two, upload=document())
    (mail,) = OutgoingMail.objects.all()
    assert (mail.to_address, f"/mon-offre/relecture/{two.pk}" in mail.body) == (near.email, True)
    assert two.user.email not in mail.body


def test_a_second_claimant_waits_for_the_managers_who_are_told_by_mail() -> None:
    supplier = listed_supplier()
    first = keeper(supplier)
    rival = make.user()
    claim = asked(supplier, by=rival)
    assert claim.proof == Claim.Proof.MANAGERS
    assert OutgoingMail.objects.get(to_address=first.user.email).message_id == (
        f"claim-managers-{claim.pk}-{first.user.pk}"
    )
    assert not OutgoingMail.objects.filter(to_address=EMAIL).exists()
    actions.decide_on_rival(by=first.user, claim=claim, is_accepted=True)
    membership = Membership.objects.get(user=rival)
    assert (membership.role, membership.is_admin) == (Role.SUPPLIER, False)


def test_two_claimants_race_and_the_second_right_code_asks_the_first() -> None:
    supplier = listed_supplier()
    first, second = asked(supplier), asked(supplier)
    assert actions.prove_by_code(by=first.user, claim=first, code=code_of(first))
    assert actions.prove_by_code(by=second.user, claim=second, code=code_of(second)) is None
    second.refresh_from_db()
    assert (second.state, second.proof) == (Claim.State.ASKED, Claim.Proof.MANAGERS)
    assert not Membership.objects.filter(user=second.user).exists()


def test_typing_a_siren_first_gives_no_power_over_the_sheet_nor_over_whoever_proves_it() -> None:
    supplier, squatter = listed_supplier(), make.user()
    assert supplier.siren
    with pytest.raises(RefusedError, match="se prouve"):
        create_organisation(by=squatter, siren=supplier.siren, name="x", role=Role.SUPPLIER)
    held = create_organisation(by=squatter, siren=supplier.siren, name="x", role=Role.BUYER)
    with pytest.raises(RefusedError, match="peut le donner"):
        change_role(by=squatter, membership=held, role=Role.SUPPLIER, is_admin=True)
    with pytest.raises(RefusedError, match="peut le donner"):
        invite_member(by=squatter, organisation=held.organisation, email="a@b.fr", role=Role.SUPPLIER)
    invite_member(by=squatter, organisation=held.organisation, email="a@b.fr", role=Role.BUYER, is_admin=True)
    claim = asked(supplier)
    actions.prove_by_code(by=claim.user, claim=claim, code=code_of(claim))
    held.refresh_from_db()
    assert not held.is_admin
    assert not Invitation.objects.waiting().exists()


def test_a_withdrawn_request_forgets_its_document(
    tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    claim = actions.send_document(by=make.user(), claim=asked(listed_supplier(), ""), upload=document())
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw_claim(by=claim.user, claim=claim)
    assert not kept_files(tmp_path)
    assert SourceRecord.objects.filter(source_id="owner").count() == 0


def test_a_request_of_three_months_is_closed_and_its_document_goes(
    tmp_path: Path, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, recent = asked(listed_supplier(), ""), asked(listed_supplier(), "")
    for claim in (old, recent):
        actions.send_document(by=claim.user, claim=claim, upload=document())
    papers.keep(document())
    Claim.objects.filter(pk=old.pk).update(asked_at=timezone.now() - timedelta(days=91))
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * tasks.DAY_SECONDS)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.forget_unused_files(0)
    old.refresh_from_db()
    recent.refresh_from_db()
    assert (old.state, old.decided_by) == (Claim.State.WITHDRAWN, None)
    assert [path.name for path in kept_files(tmp_path)] == [recent.document]
