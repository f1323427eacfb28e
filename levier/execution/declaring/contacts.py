"""Who of a company is to be told of its months, in which order, and what is known of each: reached, silent, mails that come back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.db import transaction
from django.db.models import Q, prefetch_related_objects
from django.http import Http404
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.core.audit import Actor
from levier.execution.errors import RefusedError
from levier.execution.models import (
    ContactNote,
    ContactWord,
    Contract,
    ContractSide,
)
from levier.organisations.models import Organisation
from levier.rulebook.months import add_months

UNREACHABLE = (ContactWord.SILENT, ContactWord.BOUNCED)
_SALT = "levier.declaring.reminders"


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody of a company to write to or to call; `note`: the last thing known of it; `party`: the key of a company that is not the holder."""

    company: Organisation
    name: str
    email: str
    phone: str = ""
    note: ContactNote | None = None
    party: int | None = None

    @property
    def reach(self) -> str:
        return self.email or self.phone

    @property
    def is_silent(self) -> bool:
        return self.note is not None and self.note.word in UNREACHABLE

    @property
    def is_returned(self) -> bool:
        """Whether its mails come back: nothing is sent until its address is corrected, or it is known to answer."""
        return self.note is not None and self.note.word == ContactWord.BOUNCED

    @property
    def may_be_reminded(self) -> bool:
        """Whether a reminder may go to it."""
        return bool(self.email) and not (
            self.note is not None and self.note.word in (*UNREACHABLE, ContactWord.NO_REMINDER)
        )


def contacts_of(contract: Contract, notes: Mapping[str, ContactNote] | None = None) -> tuple[Reachable, ...]:
    """The contacts of the holder, first one first, then of each company that declares its own part. Four SQL queries at most."""
    # Not one query a company; nothing is read again when it was already.
    prefetch_related_objects([contract], "contacts", "parties__organisation")
    known = last_notes([contract]).get(contract.pk, {}) if notes is None else notes
    found = [
        Reachable(contract.holder, one.name, one.email, one.phone, known.get(one.email or one.phone))
        for one in contract.contacts.all()
        if one.side == ContractSide.HOLDER
    ]
    found += [
        Reachable(one.organisation, one.organisation.name, one.email, "", known.get(one.email), one.pk)
        for one in contract.parties.all()
        if one.email
    ]
    return tuple(found)


def last_notes(contracts: Iterable[Contract]) -> dict[int, dict[str, ContactNote]]:
    """By contract then by address, the last note. One SQL query."""
    found: dict[int, dict[str, ContactNote]] = {}
    for note in ContactNote.objects.filter(contract__in=list(contracts)).order_by("at", "pk"):
        found.setdefault(note.contract_id, {})[note.reach] = note
    return found


def silent_of(contract: Contract) -> frozenset[str]:
    """The addresses and telephones that answer no more. One SQL query."""
    notes = last_notes([contract]).get(contract.pk, {})
    return frozenset(reach for reach, note in notes.items() if note.word in UNREACHABLE)


@transaction.atomic
def note_contact(*, by: User | None, contract: Contract, reach: str, word: str) -> ContactNote:
    """Write what was found of a contact; `by` None: a mail came back, or the contact itself. Raises RefusedError."""
    if word not in ContactWord.values or reach not in {one.reach for one in contacts_of(contract)}:
        raise RefusedError("Ce contact n’est plus celui du contrat : rouvrez la page.")
    if word == ContactWord.ANSWERED and "@" in reach:
        mail_returns.try_again(reach)
    made = ContactNote.objects.create(contract=contract, reach=reach, word=word, by=by)
    audit.record(
        by=by.as_actor() if by else Actor.machine("contact d’un contrat"), verb="execution.note_contact",
        object_type="contract", object_key=str(contract.pk), details={"word": word},
    )  # fmt: skip
    return made


def note_returned(address: str) -> None:
    """Mails to this address come back: note it of each contact it is the address of, on the contracts that still need it."""
    named = Q(contacts__email__iexact=address, contacts__side=ContractSide.HOLDER) | Q(
        parties__email__iexact=address
    )
    contracts = Contract.objects.filter(
        named, removed_at=None, ends_on__gte=add_months(timezone.localdate(), -8)
    ).exclude(closing__closed_at__isnull=False)
    known = last_notes(contracts)
    for contract in contracts.distinct().prefetch_related("contacts", "parties__organisation"):
        for one in contacts_of(contract, known.get(contract.pk, {})):
            if one.email.casefold() == address.casefold() and not one.is_silent:
                note_contact(by=None, contract=contract, reach=one.email, word=ContactWord.BOUNCED)


def stop_token(contracts: Iterable[Contract], email: str) -> str:
    """What the last link of a reminder carries: it stops those of all its contracts."""
    return signing.dumps([[one.pk for one in contracts], email], salt=_SALT)


def stopping(token: str) -> tuple[list[Contract], str]:
    """Whose reminders of which contracts an address stops. Raises Http404 for one we did not sign."""
    try:
        keys, email = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404("Ce lien n’est pas entier : copiez-le jusqu’au bout.") from None
    return list(Contract.objects.with_parties().filter(pk__in=keys)), str(email)
