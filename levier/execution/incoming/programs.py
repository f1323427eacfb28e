"""Hours declared by a program: its key, what each line was answered, the same answer to the same call."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import Membership, Role, User
from levier.core import audit
from levier.execution.declaring import policies as desks
from levier.execution.declaring.actions import save_hours, send
from levier.execution.declaring.book import Book, Key, load
from levier.execution.declaring.policies import Desk
from levier.execution.errors import RefusedError
from levier.execution.incoming.hours import People
from levier.execution.models import LONGEST_MONTH_HOURS, ApiAnswer, ApiKey, Commitment, EntryState
from levier.execution.policies import FIRM_ROLES, own_firms
from levier.organisations.models import Organisation

PREFIX = "levier_"
MOST_LINES = 5_000
ANSWERS_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class DeclaredLine:
    """One line of a call: an entry by its number, or somebody by its name inside the contract."""

    hours: Decimal
    entry: int | None = None
    family_name: str = ""
    given_name: str = ""
    birth_on: date | None = None


@dataclass(slots=True)
class LineAnswer:
    """What becomes of one line: « kept », « unchanged », « questioned » (who is it?), « refused ». `checks`: name, severity, sentence."""

    line: int
    outcome: str
    entry: int | None = None
    reason: str = ""
    checks: list[dict[str, str]] = field(default_factory=list)


@transaction.atomic
def make_key(*, by: User, organisation: Organisation, label: str) -> tuple[ApiKey, str]:
    """A key of an organisation one declares or follows for, and its secret, shown once. Raises RefusedError."""
    if organisation.pk not in {one.pk for one in organisations_for(by)}:
        raise RefusedError(
            "Seuls les membres « entreprise titulaire » ou facilitateurs d’une organisation lui font une clé."
        )
    if not label.strip():
        raise RefusedError("Dites pour quel logiciel est cette clé : vous saurez laquelle retirer.")
    secret = PREFIX + secrets.token_urlsafe(32)
    made = ApiKey.objects.create(
        organisation=organisation,
        by=by,
        label=label.strip()[:80],
        start=secret[:12],
        secret_hash=_hash(secret),
    )
    audit.record(
        by=by.as_actor(), verb="execution.make_api_key", object_type="api_key", object_key=str(made.pk)
    )
    return made, secret


def revoke_key(*, by: User, key: ApiKey) -> None:
    """Stop a key, at once."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    audit.record(
        by=by.as_actor(), verb="execution.revoke_api_key", object_type="api_key", object_key=str(key.pk)
    )


def organisations_for(user: User) -> tuple[Organisation, ...]:
    """Those a key may speak for: where the account declares or follows."""
    rows = Membership.objects.filter(user=user, role__in=[*FIRM_ROLES, Role.FACILITATOR])
    return tuple(Organisation.objects.filter(pk__in=rows.values("organisation")).order_by("name", "pk"))


def key_of(secret: str) -> ApiKey | None:
    """The key of a secret, while its author may still speak for the organisation; None otherwise."""
    if not secret.startswith(PREFIX) or len(secret) > 100:
        return None
    found = (
        ApiKey.objects.select_related("organisation", "by")
        .filter(secret_hash=_hash(secret), revoked_at=None, by__is_active=True)
        .first()
    )
    if found is None or found.organisation_id not in {one.pk for one in organisations_for(found.by)}:
        return None
    today = timezone.localdate()
    if found.used_on != today:
        ApiKey.objects.filter(pk=found.pk).update(used_on=today)
    return found


def desk_of(key: ApiKey, contract: int) -> Desk:
    """The desk of the key's organisation on a contract, and of no other one. Raises Http404, PermissionDenied."""
    if key.organisation_id in own_firms(key.by):
        desk = desks.company_desk(key.by, contract)
    else:
        desk = desks.facilitator_desk(key.by, contract)
    if key.organisation_id not in desk.organisations:
        raise desks.unknown()
    return replace(desk, organisations=frozenset({key.organisation_id}))


@transaction.atomic
def declare(
    *, key: ApiKey, call: str, body: bytes, desk: Desk, commitment: Commitment, month: date,
    lines: Sequence[DeclaredLine], sends: bool,
) -> dict[str, Any]:  # fmt: skip
    """Keep the lines that can be, answer each; the same call gets the same answer and writes nothing. Raises RefusedError."""
    if not 8 <= len(call) <= 80:
        raise RefusedError(
            "L’en-tête « Idempotency-Key » est à donner : 8 à 80 caractères, un autre pour chaque déclaration."
        )
    if len(lines) > MOST_LINES:
        raise RefusedError(f"{MOST_LINES} lignes au plus par appel.")
    said = hashlib.sha256(f"{desk.contract.pk}|".encode() + body).hexdigest()
    row, _ = ApiAnswer.objects.get_or_create(key=key, call=call, defaults={"body_sha256": said})
    row = ApiAnswer.objects.select_for_update().get(pk=row.pk)
    if row.body_sha256 != said:
        raise RefusedError(
            "Cette clé d’idempotence a déjà servi à une autre déclaration : donnez-en une nouvelle."
        )
    if row.answer is not None:
        return {**row.answer, "repeated": True}
    with desk.scope():
        answers, cells = _judged(load(desk, commitment), month, lines)
    kept = save_hours(by=key.by, desk=desk, commitment=commitment, cells=cells) if cells else 0
    is_sent = False
    if sends and cells and not desk.is_facilitator:
        send(by=key.by, desk=desk, commitment=commitment, month=month)
        is_sent = True
    row.answer = {
        "contract": desk.contract.pk, "commitment": commitment.pk, "month": f"{month:%Y-%m}", "kept": kept,
        "sent": is_sent or desk.is_facilitator, "repeated": False, "lines": [asdict(one) for one in answers],
    }  # fmt: skip
    row.save(update_fields=["answer"])
    return row.answer


def _judged(
    book: Book, month: date, lines: Sequence[DeclaredLine]
) -> tuple[list[LineAnswer], dict[Key, Decimal]]:
    people, cells, answers = People(book), dict[Key, Decimal](), list[LineAnswer]()
    for number, line in enumerate(lines, start=1):
        try:
            entry = _entry(book, people, line, month)
        except LookupError as absent:
            answers.append(LineAnswer(number, "refused", reason=str(absent.args[0])))
            continue
        except RefusedError as refusal:
            answers.append(LineAnswer(number, "questioned", reason=str(refusal)))
            continue
        key = (entry, month)
        if key in cells:
            answers.append(
                LineAnswer(number, "refused", entry, "Cette personne est déjà dite plus haut pour ce mois.")
            )
            continue
        if wrong := _wrong(line.hours):
            answers.append(LineAnswer(number, "refused", entry, wrong))
            continue
        judged = book.judge(key, line.hours)
        told = book.refusal_of(key, judged.findings, line.hours)
        checks = [
            {"name": one.rule.name, "severity": one.severity, "sentence": one.sentence}
            for one in judged.findings
        ]
        if told:
            answers.append(LineAnswer(number, "refused", entry, told, checks))
        elif book.cell(key).hours == line.hours:
            answers.append(LineAnswer(number, "unchanged", entry, "", checks))
        else:
            cells[key] = line.hours
            answers.append(LineAnswer(number, "kept", entry, "", checks))
    return answers, cells


def _wrong(hours: Decimal) -> str:
    """Why a number is no number of hours; empty when it is one. The rules of a month are for numbers that may be hours."""
    if not hours.is_finite() or hours < 0:
        return "Un mois compte un nombre d’heures à partir de zéro."
    if hours > LONGEST_MONTH_HOURS:
        return f"Un mois compte au plus {LONGEST_MONTH_HOURS} heures : vérifiez ce nombre."
    if hours != hours.quantize(Decimal("0.01")):
        return "Les heures se disent au centième : 35,5 et non 35,555."
    return ""


def _entry(book: Book, people: People, line: DeclaredLine, month: date) -> int:
    if line.entry is not None:
        if line.entry not in book.entries:
            raise LookupError("Cette entrée n’est pas sur cet engagement.")
        return line.entry
    return people.entry(
        family=line.family_name, given=line.given_name, birth_on=line.birth_on, month=month
    ).pk


def declared_people(desk: Desk, commitment: Commitment) -> list[dict[str, Any]]:
    """Those a program may declare on a commitment: first name and initial, and whether their hours count; no reason."""
    with desk.scope():
        return [
            {
                "entry": one.pk, "name": f"{one.participant.given_name} {one.participant.family_name[:1]}.".strip(),
                "is_valid": one.state == EntryState.VALID, "entered_on": one.entered_on, "left_on": one.left_on,
                "eligible_until": one.eligible_until if one.state == EntryState.VALID else None,
            }
            for one in load(desk, commitment).entries.values()
        ]  # fmt: skip


def forget_answers() -> int:
    """Answers are kept as long as a program may call again. Gives how many went."""
    return ApiAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()[0]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
