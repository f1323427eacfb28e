"""Writes what a plan says, and takes it back. The ledger only grows: taking back is reversing, then forgetting what hangs on nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.execution.actions import (
    CommitmentValues,
    ContactPerson,
    ContractValues,
    firm,
    open_contract,
    post_many_done,
    post_opening,
    reverse_many,
)
from levier.execution.actions.weighing import weigh
from levier.execution.errors import RefusedError
from levier.execution.incoming.taking.known import Firm
from levier.execution.incoming.taking.planned import (
    Plan,
    PlannedContract,
    PlannedEntry,
    PlannedHours,
    PlannedOpening,
    PlannedPerson,
)
from levier.execution.models import (
    Commitment,
    Contract,
    Declaration,
    DeclarationLine,
    DeclarationState,
    Entry,
    EntryState,
    IncomingFile,
    IncomingState,
    LedgerPosting,
    LineReason,
    LineState,
    Participant,
    Reason,
)
from levier.execution.people.rules import rules_of
from levier.execution.people.scope import acting, followed_by
from levier.organisations.models import Organisation
from levier.purchasing.models import ContactRank
from levier.rulebook.eligibility import Facts, rule_set, window_for
from levier.rulebook.modalities import modalities
from levier.rulebook.months import last_of

# The employer of each way of doing the hours, when a table does not say more.
_EMPLOYERS = {"etti": "ETTI", "ai": "AI", "geiq": "GEIQ"}
_DEFAULT_RULES = "national"


def write_plan(*, by: User, file: IncomingFile, plan: Plan, evidence: str) -> None:
    """Contracts, people, entries, then hours: accepted lines, posted. The caller holds the transaction and the file."""
    contracts = {id(one): _contract(by, file, one) for one in plan.contracts.values()}
    people = _people(file, [entry.person for entry in plan.entries.values()])
    by_entry: dict[int, list[PlannedHours]] = defaultdict(list)
    for one in plan.hours:
        by_entry[id(one.entry)].append(one)
    entries: dict[int, Entry] = {}
    new: list[tuple[PlannedEntry, Entry]] = []
    for planned in plan.entries.values():
        if planned.existing:
            entries[id(planned)] = planned.existing
        else:
            last = max((one.month for one in by_entry[id(planned)]), default=None)
            new.append(
                (
                    planned,
                    _entry(
                        by, file, planned, contracts[id(planned.contract)], people[id(planned.person)], last
                    ),
                )
            )
    Entry.objects.bulk_create([one for _, one in new], batch_size=500)
    entries |= {id(planned): made for planned, made in new}
    groups: dict[int, list[tuple[Entry, PlannedHours]]] = defaultdict(list)
    commitments: dict[int, Commitment] = {}
    for hours in plan.hours:
        own = entries[id(hours.entry)]
        commitment = _commitment(contracts[id(hours.entry.contract)], own.company_id)
        commitments[commitment.pk] = commitment
        groups[commitment.pk].append((own, hours))
    for key in sorted(groups):
        _hours(by, file, commitments[key], groups[key], evidence)
    _openings(by, file, [(contracts[id(one.contract)], one) for one in plan.openings.values()])


def _openings(by: User, file: IncomingFile, planned: list[tuple[Contract, PlannedOpening]]) -> None:
    """One line for each total."""
    if not planned:
        return
    made = [
        post_opening(
            by=by, commitment=_commitment(contract, contract.holder_id), hours=one.hours, until=one.until
        )
        for contract, one in planned
    ]
    # No line of a declaration carries them: the file says which they are, to be taken back with it.
    file.choices |= {"openings": [one.pk for one in made]}
    file.save(update_fields=["choices"])


def _contract(by: User, file: IncomingFile, one: PlannedContract) -> Contract:
    if one.existing:
        return one.existing
    assert one.buyer and one.holder and one.starts_on and one.ends_on
    title = one.title or f"Contrat {one.reference}"
    mail = one.holder_email.strip().lower()
    made = open_contract(
        by=by, buyer=_organisation(one.buyer), holder=_organisation(one.holder), facilitator=_follower(file, one),
        values=ContractValues(
            title=title, reference=one.reference, notified_on=one.notified_on or one.starts_on,
            starts_on=one.starts_on, ends_on=one.ends_on, departement_code=one.departement,
        ),
        commitments=[CommitmentValues(hours=one.hours_due)],
        contacts={ContactRank.FIRST: ContactPerson(name="Contact de l’entreprise", email=mail)} if "@" in mail else {},
    )  # fmt: skip
    made.incoming = file
    made.save(update_fields=["incoming"])
    return made


def _follower(file: IncomingFile, one: PlannedContract) -> Organisation | None:
    """The structure; nobody when it buys itself, which is an in-house mission."""
    assert one.buyer
    return None if one.buyer.pk == file.organisation_id else file.organisation


def _organisation(one: Firm) -> Organisation:
    if one.pk:
        return Organisation.objects.get(pk=one.pk)
    return firm(siren=one.siren, name=one.name)


def _people(file: IncomingFile, planned: list[PlannedPerson]) -> dict[int, Participant]:
    found: dict[int, Participant] = {}
    new: dict[int, Participant] = {}
    for one in planned:
        if one.existing:
            found[id(one)] = one.existing
        elif id(one) not in new:
            assert one.birth_on
            new[id(one)] = Participant(
                follower=file.organisation, family_name=one.family[:80], given_name=one.given[:80],
                birth_on=one.birth_on, birth_year=one.birth_on.year, sex=one.sex,
                last_contact_on=timezone.localdate(), incoming=file,
            )  # fmt: skip
    Participant.objects.bulk_create(list(new.values()), batch_size=500)
    return found | new


def _entry(
    by: User,
    file: IncomingFile,
    one: PlannedEntry,
    contract: Contract,
    person: Participant,
    last: date | None,
) -> Entry:
    """An entry the structure had validated before: its window is what the table says, else the one of the rules, never short of the hours."""
    assert one.entered_on
    rules = rule_set(rules_of(contract, usual=_DEFAULT_RULES), one.entered_on)
    until = one.until
    if until is None:
        window = window_for(Facts(entry_on=one.entered_on), rules)
        until = max(window.last_day, last_of(last) if last else window.last_day)
    known = {mode.key for mode in modalities()}
    modality = one.modality if one.modality in known else "embauche"
    return Entry(
        participant=person, contract=contract, company_id=contract.holder_id, incoming=file,
        employer_kind=_EMPLOYERS.get(modality, "DIRECT"), modality=modality, entered_on=one.entered_on,
        left_on=one.left_on, rule_set=rules.name, verdict="for_facilitator", eligible_from=one.entered_on,
        eligible_until=until, state=EntryState.VALID, decided_by=by, decided_at=timezone.now(),
    )  # fmt: skip


def _commitment(contract: Contract, company: int) -> Commitment:
    """The one of the company, else the holder's first."""
    own = list(contract.commitments.order_by("number"))
    return next((one for one in own if one.contractor_id == company), own[0])


def _hours(
    by: User,
    file: IncomingFile,
    commitment: Commitment,
    rows: list[tuple[Entry, PlannedHours]],
    evidence: str,
) -> None:
    """Postings, then the accepted lines that carry them, so that the grid shows what the ledger counts."""
    rows = sorted(rows, key=lambda pair: (pair[1].month, pair[0].pk))
    sent: dict[tuple[int, date], Declaration] = {}
    now = timezone.now()
    postings = post_many_done(
        by=by, commitment=commitment, evidence=evidence,
        rows=[(entry.participant_id, entry.company_id, one.month, one.hours) for entry, one in rows],
    )  # fmt: skip
    for entry, one in rows:
        key = (entry.company_id, one.month)
        if key not in sent:
            sent[key], _ = Declaration.objects.get_or_create(
                commitment=commitment, company_id=key[0], month=key[1],
                defaults={"state": DeclarationState.ANSWERED, "sent_at": now},
            )  # fmt: skip
    DeclarationLine.objects.bulk_create(
        [
            DeclarationLine(
                declaration=sent[entry.company_id, one.month], entry=entry, hours=one.hours, modality=entry.modality,
                employer_id=entry.company_id, state=LineState.ACCEPTED, reason=LineReason.CHECKED, counted=one.hours,
                declared_by=by, decided_by=by, decided_at=now, posting=posting, incoming=file,
            )
            for (entry, one), posting in zip(rows, postings, strict=True)
        ],
        batch_size=500,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an undoing did: lines reversed, people and contracts gone, contracts kept since something else hangs on them."""

    reversed: int
    people: int
    contracts: int
    kept_contracts: int


@transaction.atomic
def undo(*, by: User, file: IncomingFile) -> TakenBack:
    """Take a taking over back: reversals in the ledger, then people, entries and contracts on which nothing else hangs. Once.

    Raises RefusedError.
    """
    if file.organisation_id not in followed_by(by):
        raise RefusedError("Seuls les facilitateurs de la structure annulent sa reprise.")
    own = IncomingFile.objects.select_for_update().get(pk=file.pk)
    if own.state != IncomingState.WRITTEN:
        raise RefusedError("Cette reprise n’est pas écrite, ou elle est déjà annulée.")
    own.state, own.undone_at = IncomingState.UNDONE, timezone.now()
    own.save(update_fields=["state", "undone_at"])
    with acting(followers=[own.organisation_id]):
        written = Q(line__incoming=own) | Q(pk__in=own.choices.get("openings", []))
        postings = list(
            LedgerPosting.objects.filter(written).select_related("commitment").order_by("commitment", "number")
        )  # fmt: skip
        done = reverse_many(by=by, postings=postings, reason=Reason.TAKEN_BACK)
        with connection.cursor() as cursor:
            cursor.execute("SELECT entries, people FROM execution_forget_taken_over(%s)", [own.pk])
            _, people = cursor.fetchone()
        gone = [one for one in own.contracts.filter(removed_at=None) if _remove(by, one)]
    audit.record(
        by=by.as_actor(), verb="execution.undo_taking_over", object_type="incoming_file", object_key=str(own.pk),
        details={"postings": done, "people": people, "contracts": len(gone)},
    )  # fmt: skip
    kept = own.contracts.filter(removed_at=None).count()
    return TakenBack(done, people, len(gone), kept)


def _remove(by: User, contract: Contract) -> bool:
    """Whether nothing else hangs on a contract: what it owes is then reversed, and it is shown nowhere any more."""
    has_life = (
        contract.entries.exists()
        or contract.orders.exists()
        or contract.amendments.exists()
        or Declaration.objects.filter(commitment__contract=contract).exists()
    )
    opening = LedgerPosting.objects.filter(commitment__contract=contract, contract=contract, reverses=None)
    counted = LedgerPosting.objects.filter(commitment__contract=contract, account="done", reverses=None)
    if has_life or counted.filter(reversed_by=None).exists():
        return False
    reverse_many(by=by, postings=list(opening.select_related("commitment")), reason=Reason.TAKEN_BACK)
    contract.removed_at = timezone.now()
    contract.save(update_fields=["removed_at"])
    weigh(contract)
    return True
