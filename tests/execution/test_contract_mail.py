"""The mail address of a contract: read, cleaned, filed for the facilitator alone; nothing said to an unknown address."""

import io
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from levier.accounts.models import Role
from levier.core.models import OutgoingMail
from levier.execution.errors import RefusedError
from levier.execution.incoming.mail_message import LARGEST_BYTES, read_message
from levier.execution.incoming.mailing import address_of, contract_named, file_message, used_pages
from levier.execution.models import IncomingFile, MailedPaper, ReceivedMail
from tests.execution.test_declaring import World, as_user
from tests.factories.accounts import member, organisation, user
from tests.factories.photographs import inked_photo, reader_that_says

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Any) -> World:
    settings.LEVIER_HOME = tmp_path
    settings.RECEIVING_DOMAIN = "levier.exemple.fr"
    settings.ANTIVIRUS_COMMAND = ""
    return World()


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


def message(to: str, *pieces: tuple[str, bytes], **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Paie <paie@bati.invalid>", to, "Heures de Zéphirine"
    made["Message-ID"] = headers.pop("identity", "<1@bati.invalid>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("Voici le relevé.")
    for name, content in pieces:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def test_a_photographed_payslip_is_answered_and_an_unread_one_is_said(
    world: World, settings: Any, tmp_path: Path
) -> None:
    address, client = address_of(world.where.contract), as_user(world.where.facilitator)
    file_message(read_message(message(address, ("IMG_1.jpg", photo()))))
    shown = client.get(f"/suivi/contrats/{world.where.contract.pk}/grille").content.decode()
    assert "Non lue par la machine" in shown
    settings.OCR_COMMAND = reader_that_says(tmp_path, "BULLETIN DE SALAIRE")
    raw = message(address, ("IMG_1.jpg", inked_photo()), identity="<2@bati.invalid>")
    (filed,) = file_message(read_message(raw))
    assert (filed.kept, filed.refusals[0][:35]) == (0, "Pièce 1 : C’est un bulletin de paie")


@pytest.mark.slow
def test_a_message_is_filed_once_and_what_is_refused_is_answered(world: World) -> None:
    address = address_of(world.where.contract)
    assert contract_named(address.upper()) == world.where.contract
    raw = message(
        address, ("releve.jpg", photo()), ("heures.csv", b"Nom;Prenom;Heures\nMartin;Lou;12\n"),
        ("bulletin de paie mars.jpg", photo()), ("macro.exe", b"MZ"),
    )  # fmt: skip
    (filed,) = file_message(read_message(raw))
    assert (filed.kept, len(filed.refusals)) == (2, 2)
    assert file_message(read_message(raw)) == ()
    mail = ReceivedMail.objects.get()
    assert (mail.papers.count(), mail.refused, mail.sender) == (2, 2, "paie@bati.invalid")
    answer = OutgoingMail.objects.get(to_address="paie@bati.invalid")
    assert "Pièce 3 : C’est un bulletin de paie" in answer.body
    assert "Pièce 4" in answer.body
    assert "Zéphirine" not in answer.body + answer.subject
    table = IncomingFile.objects.get()
    assert table.commitment == world.commitment

    client = as_user(world.where.facilitator)
    grid = client.get(f"/suivi/contrats/{world.where.contract.pk}/grille").content.decode()
    assert "Reçu par mail" in grid
    assert address in grid
    assert client.get(f"/suivi/fichiers/{table.pk}").status_code == 200
    paper = MailedPaper.objects.exclude(stored_as="").get()
    assert client.get(f"/suivi/courriels/pieces/{paper.pk}").getvalue().startswith(b"\xff\xd8")


@pytest.mark.slow
def test_only_the_facilitator_of_the_contract_reads_and_clears(
    world: World, django_capture_on_commit_callbacks: Any
) -> None:
    file_message(read_message(message(address_of(world.where.contract), ("releve.jpg", photo()))))
    mail, paper = ReceivedMail.objects.get(), MailedPaper.objects.get()
    where = world.where
    others = [
        (where.buyer, 403), (where.company, 404), (member(where.structure, role=Role.BUYER).user, 403),
        (member(organisation(), role=Role.FACILITATOR).user, 404), (user(), 404),
    ]  # fmt: skip
    for who, status in others:
        assert as_user(who).get(f"/suivi/courriels/pieces/{paper.pk}").status_code == status
        assert as_user(who).post(f"/suivi/courriels/{mail.pk}/vu").status_code == status
    assert Client().get(f"/suivi/courriels/pieces/{paper.pk}").status_code == 302
    client = as_user(where.facilitator)
    came, grid = mail.received_at, f"/suivi/contrats/{where.contract.pk}/grille"
    ReceivedMail.objects.update(received_at=came - timedelta(days=40))
    assert used_pages() == frozenset()
    assert "non vue, supprimée le" in client.get(grid).content.decode()
    assert client.get(f"/suivi/courriels/pieces/{paper.pk}").status_code == 404
    client.post(f"/suivi/courriels/{mail.pk}/vu")
    mail.refresh_from_db()
    assert mail.seen_at is None
    ReceivedMail.objects.update(received_at=came)
    assert used_pages() == {paper.stored_as}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/suivi/courriels/{mail.pk}/vu").status_code == 302
    mail.refresh_from_db()
    assert mail.seen_by == where.facilitator
    assert used_pages() == frozenset()
    assert client.get(f"/suivi/courriels/pieces/{paper.pk}").status_code == 404


def test_an_unknown_address_is_answered_by_nothing(world: World) -> None:
    good = address_of(world.where.contract)
    number, _, token = good.partition("-")
    forged = [
        f"{number}-{'0' * 24}@levier.exemple.fr",
        f"{number}9-{token}",
        "heures@levier.exemple.fr",
        "«»",
    ]
    for address in forged:
        assert contract_named(address) is None
        assert file_message(read_message(message("x@y.invalid", ("a.jpg", photo())), to=[address])) == ()
    assert not OutgoingMail.objects.exists()
    assert not ReceivedMail.objects.exists()


def test_a_machine_is_not_answered_and_an_empty_message_is(world: World) -> None:
    address = address_of(world.where.contract)
    file_message(read_message(message(address, Auto_Submitted="auto-replied")))
    assert not OutgoingMail.objects.exists()
    file_message(read_message(message(address, identity="<2@bati.invalid>")))
    assert "pas de pièce jointe" in OutgoingMail.objects.get().body


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"From: a\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/",
    ],
)
def test_a_broken_message_is_a_message_for_nobody(raw: bytes) -> None:
    assert file_message(read_message(raw)) == ()


def test_a_message_too_large_or_without_sense_is_refused() -> None:
    with pytest.raises(RefusedError, match="pas lisible"):
        read_message(b'To: "\n')
    with pytest.raises(RefusedError, match="25 Mo"):
        read_message(b"x" * (LARGEST_BYTES + 1))
