"""The mail address of a contract: what it receives is cleaned and filed on the desk of the facilitator; nothing is counted by itself."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, photo_reading, received_files
from levier.core.audit import Actor
from levier.core.mail_boxes import SignedBox
from levier.core.received_files import RefusedFileError, refuse_payslip
from levier.execution.declaring.letters import payslip_body
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.incoming import shelf
from levier.execution.incoming.columns import title_weight
from levier.execution.incoming.mail_message import Message, Piece
from levier.execution.incoming.sheets import read_tables
from levier.execution.models import Contract, IncomingFile, IncomingKind, MailedPaper, ReceivedMail
from levier.rulebook.unseen_files import unseen_before

ROOM = "mailed"
_BOX = SignedBox("heures", "execution.contract_mail")
_TABLES = {".csv", ".tsv", ".xlsx", ".xls", ".ods"}
_MACHINE = Actor.machine("courriel d’un contrat")


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a message for one contract: pieces kept, and why others were refused."""

    contract: int
    kept: int
    refusals: tuple[str, ...]


def address_of(contract: Contract) -> str:
    """« heures+12-3f…@ » of this installation; empty when it receives no mail."""
    return _BOX.address_of(contract.pk)


def contract_named(address: str) -> Contract | None:
    """The contract of an address that we signed; None for any other one."""
    key = _BOX.key_in(address)
    if key is None:
        return None
    return Contract.objects.select_related("buyer", "facilitator").filter(pk=key, removed_at=None).first()


def file_message(message: Message) -> tuple[Filed, ...]:
    """File a message on each contract it is for; nothing at all for an address that is none of ours. The same message twice is filed once."""
    contracts = {
        one.pk: one for address in message.recipients if (one := contract_named(address)) is not None
    }
    return tuple(filed for one in contracts.values() if (filed := _file(one, message)) is not None)


@transaction.atomic
def _file(contract: Contract, message: Message) -> Filed | None:
    row, is_new = ReceivedMail.objects.get_or_create(
        contract=contract, message_hash=message.fingerprint, defaults={"sender": message.sender}
    )
    if not is_new:
        return None
    kept, refusals, until = 0, [], photo_reading.until()
    for rank, piece in enumerate(message.pieces, start=1):
        try:
            _keep(contract, row, piece, until)
            kept += 1
        except (RefusedFileError, RefusedError) as refusal:
            refusals.append(f"Pièce {rank} : {refusal}")
    if message.left_out:
        refusals.append(f"{message.left_out} pièces de trop : envoyez-les dans un autre message.")
    if not message.pieces:
        refusals.append("Le message n’a pas de pièce jointe : joignez le relevé d’heures.")
    row.refused = len(refusals)
    row.save(update_fields=["refused"])
    if refusals and message.sender and not message.is_automatic:
        _answer(contract, message, kept, refusals)
    audit.record(
        by=_MACHINE, verb="execution.file_mail", object_type="contract", object_key=str(contract.pk),
        details={"mail": row.pk, "kept": kept, "refused": len(refusals)},
    )  # fmt: skip
    return Filed(contract.pk, kept, tuple(refusals))


def _keep(contract: Contract, row: ReceivedMail, piece: Piece, until: float) -> None:
    if PurePath(piece.name).suffix.lower() in _TABLES:
        refuse_payslip(PurePath(piece.name).stem)
        MailedPaper.objects.create(mail=row, incoming=_table(contract, piece))
        return
    upload = SimpleUploadedFile(piece.name, piece.content)
    kept = received_files.receive(upload, room=ROOM, until=until)
    MailedPaper.objects.create(mail=row, stored_as=kept.name, is_unread=not kept.is_read)


def _table(contract: Contract, piece: Piece) -> IncomingFile:
    """A table waits for the facilitator to say its columns, as one that was given on a page."""
    tables = read_tables(
        piece.content, "tableau reçu" + PurePath(piece.name).suffix.lower(), weight=title_weight
    )
    commitment = contract.commitments.order_by("number").first()
    assert commitment is not None
    place = shelf.new_place()
    shelf.put_tables(place, tables)
    return IncomingFile.objects.create(
        kind=IncomingKind.HOURS, organisation=contract.facilitator or contract.buyer, contract=contract,
        commitment=commitment, name=f"Tableau reçu par mail le {timezone.localdate():%d/%m/%Y}",
        sha256=hashlib.sha256(piece.content).hexdigest(), stored_as=place, choices={"sheet": 0},
    )  # fmt: skip


def _answer(contract: Contract, message: Message, kept: int, refusals: list[str]) -> None:
    plural = "s" if kept > 1 else ""
    first = (
        f"{kept} pièce{plural} de votre message {'sont arrivées' if kept > 1 else 'est arrivée'} au facilitateur.\n\n"
        if kept
        else ""
    )
    mail.send(
        to=message.sender,
        subject=f"Votre message pour « {contract.title} »",
        body=f"Bonjour,\n\n{first}Ceci n’a pas été gardé :\n\n- "
        + "\n- ".join(refusals)
        + "\n\nEnvoyez un relevé d’heures : ni bulletin de paie, ni numéro de sécurité sociale.\n",
        key=f"contract-mail-{contract.pk}-{message.fingerprint[:40]}",
    )


def to_read(desk: Desk) -> tuple[ReceivedMail, ...]:
    """The messages of a contract that nobody has read yet, with their pieces; for the facilitator alone."""
    if not desk.is_facilitator:
        return ()
    rows = ReceivedMail.objects.filter(contract=desk.contract, seen_at=None)
    return tuple(rows.prefetch_related("papers__incoming"))


@transaction.atomic
def mark_seen(*, by: User, message: ReceivedMail) -> None:
    """« Vu le…, par… » stays; the pages go. Tables stay on their own page."""
    own = ReceivedMail.objects.select_for_update().get(pk=message.pk)
    if own.seen_at is not None:
        raise RefusedError("Ce message a déjà été lu.")
    if own.gone_on:
        raise RefusedError(
            "Ces pièces n’ont pas été vues à temps : elles sont supprimées, demandez-les de nouveau."
        )
    own.seen_at, own.seen_by = timezone.now(), by
    own.save(update_fields=["seen_at", "seen_by"])
    names = list(own.papers.exclude(stored_as="").values_list("stored_as", flat=True))
    own.papers.exclude(stored_as="").update(stored_as="")
    audit.record(
        by=by.as_actor(), verb="execution.see_mail", object_type="contract", object_key=str(own.contract_id),
        details={"mail": own.pk, "pages": len(names)},
    )  # fmt: skip
    transaction.on_commit(lambda: _drop(names))


@transaction.atomic
def refuse_payslip_of(*, by: User, paper: MailedPaper) -> None:
    """A page that is a payslip goes at once, and its sender is told. Raises RefusedError once it is gone."""
    own = (
        MailedPaper.objects.select_for_update(of=("self",)).select_related("mail__contract").get(pk=paper.pk)
    )
    if not own.stored_as:
        raise RefusedError("Cette pièce est déjà effacée.")
    name, own.stored_as, own.is_payslip = own.stored_as, "", True
    own.save(update_fields=["stored_as", "is_payslip"])
    contract = own.mail.contract
    if own.mail.sender:
        mail.send(
            to=own.mail.sender, subject=f"Document supprimé : {contract.title}",
            body=payslip_body(f"à l’adresse de « {contract.title} »"), key=f"contract-mail-payslip-{own.pk}",
        )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="execution.refuse_payslip", object_type="contract", object_key=str(contract.pk),
        details={"paper": own.pk},
    )  # fmt: skip
    transaction.on_commit(lambda: _drop([name]))


def _drop(names: Iterable[str]) -> None:
    for name in names:
        received_files.forget(name, room=ROOM)


def used_pages() -> frozenset[str]:
    """The pages that somebody has still to see, and may."""
    rows = MailedPaper.objects.filter(mail__received_at__date__gte=unseen_before(timezone.localdate()))
    return frozenset(rows.exclude(stored_as="").values_list("stored_as", flat=True))


def used_places() -> frozenset[str]:
    """The tables of messages that nobody has read, and may still be."""
    rows = IncomingFile.objects.filter(
        paper__mail__seen_at=None, paper__mail__received_at__date__gte=unseen_before(timezone.localdate())
    )
    return frozenset(rows.values_list("stored_as", flat=True))
