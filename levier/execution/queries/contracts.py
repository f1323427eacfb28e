"""Reads of one contract, with all that its page and its files show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from levier.accounts.models import User
from levier.core.typography import euros, figure, percent
from levier.execution import policies
from levier.execution.models import (
    Account,
    Amendment,
    AmendmentState,
    Commitment,
    CommitmentKind,
    Contract,
    ContractContact,
    ContractParty,
    ContractSide,
    DeclarationLine,
    DeclarationState,
    Evidence,
    HoursTransfer,
    LedgerHead,
    LedgerPosting,
    LineState,
    PartyKind,
    PostingKind,
    PurchaseOrder,
)
from levier.execution.policies import Side
from levier.execution.queries.balances import Balance, balance_of, total
from levier.execution.queries.openings import LedgerMonths, months_of
from levier.execution.reporting import Pace, Report, expected, next_report, pace
from levier.purchasing.models import ContactRank

# Lines shown on a page; the file has them all.
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A line of the ledger as its reader may see it.

    `person`: the first eight characters of the participant's number, only for the facilitator and the employer. `lines`: how
    many lines are summed in this one, for a reader who sees totals alone; `pk` is then None.
    """

    number: int | None
    kind: str
    hours: Decimal
    effective_on: date
    evidence: str
    origin: str
    pk: int | None = None
    person: str = ""
    reason: str = ""
    reverses: int | None = None
    reversed_by: int | None = None
    may_reverse: bool = False


@dataclass(frozen=True, slots=True)
class CommitmentPart:
    """One commitment with its balance, the head of its chain and its lines."""

    commitment: Commitment
    balance: Balance
    head: LedgerHead
    rule: str
    rows: tuple[LedgerRow, ...]
    is_summed: bool
    # Hours that the orders will make due once they are invoiced; zero when something else is counted.
    to_come: Decimal


@dataclass(frozen=True, slots=True)
class WholeContract:
    """Everything the page of a contract says to one reader. Hours in hours.

    `declared`: sent and not decided yet. `expected`: what an even pace would have done by today.
    """

    contract: Contract
    sides: frozenset[Side]
    parts: tuple[CommitmentPart, ...]
    months: LedgerMonths
    balance: Balance
    pace: Pace
    declared: Decimal
    expected: Decimal
    report: Report | None
    evidence: tuple[tuple[str, Decimal, float], ...]
    orders: tuple[PurchaseOrder, ...]
    amendments: tuple[Amendment, ...]
    transfers: tuple[HoursTransfer, ...]
    parties: tuple[ContractParty, ...]
    contacts: Mapping[tuple[str, str], ContractContact]

    @property
    def may_count(self) -> bool:
        return "facilitator" in self.sides

    @property
    def may_declare(self) -> bool:
        return "company" in self.sides

    @property
    def may_edit(self) -> bool:
        return bool(self.sides & {"buyer", "facilitator"})

    @property
    def may_decide(self) -> bool:
        return "buyer" in self.sides

    @property
    def has_subcontractors(self) -> bool:
        return any(one.kind == PartyKind.SUBCONTRACTOR for one in self.parties)

    @property
    def is_group(self) -> bool:
        """Whether hours due may pass from one member to another."""
        return len({one.commitment.contractor_id for one in self.parts}) > 1

    @property
    def waiting(self) -> tuple[Amendment, ...]:
        """The amendments the buyer must decide."""
        return tuple(one for one in self.amendments if one.state == AmendmentState.WAITING)

    @property
    def people(
        self,
    ) -> tuple[tuple[ContractSide, tuple[tuple[ContactRank, ContractContact | None], ...]], ...]:
        """The two places of each side, named or empty."""
        return tuple(
            (side, tuple((rank, self.contacts.get((side.value, rank.value))) for rank in ContactRank))
            for side in ContractSide
        )


def whole_contract(contract: Contract, *, reader: User, sides: frozenset[Side], today: date) -> WholeContract:
    """One contract already opened by a policy, as this reader may see it, for whom it acts (`policies.contract_and_sides`)."""
    commitments = list(contract.commitments.select_related("contractor", "head"))
    lines, orders = _lines_of(commitments), tuple(contract.orders.all())
    firms = policies.firms_named(reader, contract.pk) if "company" in sides else frozenset[int]()
    parts = tuple(
        CommitmentPart(
            commitment=one,
            balance=balance_of(one),
            head=one.head,
            rule=rule_in_words(one),
            rows=_shown(lines.get(one.pk, []), sides, firms),
            is_summed="facilitator" not in sides,
            to_come=one.hours_to_come(orders),
        )
        for one in commitments
    )
    whole = total([part.balance for part in parts])
    return WholeContract(
        contract=contract,
        sides=sides,
        parts=parts,
        months=months_of([line for own in lines.values() for line in own]),
        balance=whole,
        pace=pace(whole.left, starts_on=contract.starts_on, ends_on=contract.ends_on, today=today),
        declared=declared_hours(contract),
        expected=expected(whole.due, starts_on=contract.starts_on, ends_on=contract.ends_on, today=today),
        report=next_report(
            contract.reporting_period, contract.reporting_due_day, starts_on=contract.starts_on,
            ends_on=contract.ends_on, today=today,
        ),
        evidence=tuple(
            (level.label, whole.by_evidence[level.value], whole.share(level.value) or 0.0)
            for level in Evidence
            if whole.by_evidence[level.value]
        ),
        orders=orders,
        amendments=tuple(contract.amendments.select_related("commitment")),
        transfers=tuple(contract.transfers.select_related("source__contractor", "target__contractor")),
        parties=tuple(contract.parties.select_related("organisation", "under__organisation")),
        contacts={(one.side, one.rank): one for one in contract.contacts.all()},
    )  # fmt: skip


def undecided_lines(contract: Contract) -> QuerySet[DeclarationLine]:
    """The lines that nobody has decided, those of a month in preparation included."""
    return DeclarationLine.objects.filter(
        declaration__commitment__contract=contract, state__in=[LineState.WAITING, LineState.QUESTIONED]
    )


def declared_hours(contract: Contract) -> Decimal:
    """Hours sent that wait for a decision, each line less what the one it corrects counts already.

    A correction that lowers a month frees none of the hours that another line asks for.
    """
    lines = (
        undecided_lines(contract)
        .filter(declaration__state=DeclarationState.SENT)
        .annotate(asked=F("hours") - Coalesce("corrects__counted", Decimal()))
    )
    return lines.filter(asked__gt=0).aggregate(whole=Sum("asked"))["whole"] or Decimal()


def _lines_of(commitments: Sequence[Commitment]) -> dict[int, list[LedgerPosting]]:
    rows = (
        LedgerPosting.objects.filter(commitment__in=commitments)
        .select_related(
            "person_month",
            "purchase_order",
            "amendment",
            "reverses",
            "reversed_by",
            "transfer_given__target__contractor",
            "transfer_taken__source__contractor",
        )
        .order_by("commitment_id", "number")
    )
    found: dict[int, list[LedgerPosting]] = {}
    for row in rows:
        found.setdefault(row.commitment_id, []).append(row)
    return found


def _shown(
    lines: Sequence[LedgerPosting], sides: frozenset[Side], firms: frozenset[int]
) -> tuple[LedgerRow, ...]:
    """Each line to the facilitator; to the others what is due, their own people, and the rest by month and proof.

    Most contracts have one to three people: a line for each month and person would tell who works.
    """
    rows: list[LedgerRow] = []
    summed: dict[tuple[date, str], Decimal] = {}
    for line in lines:
        is_total = line.account == Account.DUE or line.person_month is None
        is_own = line.person_month is not None and line.person_month.employer_id in firms
        if is_total or is_own or "facilitator" in sides:
            rows.append(_row(line, sides))
        else:
            key = (line.effective_on.replace(day=1), line.evidence)
            summed[key] = summed.get(key, Decimal()) + line.hours
    for (month, evidence), hours in summed.items():
        if hours:
            rows.append(
                LedgerRow(
                    number=None, kind=PostingKind.DONE.label, hours=hours, effective_on=month,
                    evidence=Evidence(evidence).label, origin="total du mois",
                )
            )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.effective_on, row.number or 0), reverse=True))


def _row(line: LedgerPosting, sides: frozenset[Side]) -> LedgerRow:
    back = getattr(line, "reversed_by", None)
    power: Side = "buyer" if line.account == Account.DUE else "facilitator"
    month = line.person_month
    return LedgerRow(
        number=line.number,
        kind=line.get_kind_display(),
        hours=line.hours,
        effective_on=line.effective_on,
        evidence=line.get_evidence_display() if line.evidence else "",
        origin=_origin(line),
        pk=line.pk,
        person="" if month is None else str(month.participant_id)[:8],
        reason=line.get_reason_display() if line.reason else "",
        reverses=line.reverses.number if line.reverses else None,
        reversed_by=back.number if back else None,
        may_reverse=power in sides
        and back is None
        and line.kind != PostingKind.REVERSAL
        and line.purchase_order_id is None
        and _transfer(line) is None,
    )


def _origin(line: LedgerPosting) -> str:
    if line.purchase_order is not None:
        return f"{line.purchase_order.get_nature_display()} {line.purchase_order.reference}"
    if line.amendment is not None:
        return f"Avenant « {line.amendment.reference} »"
    if line.person_month is not None:
        return f"{line.person_month.month:%m/%Y}"
    if line.account == Account.DONE:
        return f"Total repris, arrêté au {line.effective_on:%d/%m/%Y}"
    moved = _transfer(line)
    if moved is not None:
        is_given = moved.given_id == line.pk
        return f"Transfert {'à' if is_given else 'de'} {(moved.target if is_given else moved.source).contractor.name}"
    return "Contrat"


def _transfer(line: LedgerPosting) -> HoursTransfer | None:
    """The transfer that wrote a line; both sides are read with it."""
    return getattr(line, "transfer_given", None) or getattr(line, "transfer_taken", None)


def rule_in_words(one: Commitment) -> str:
    """« 480 h », « 7 % des heures travaillées », « 1 h par 2 000 € HT facturés, à partir de 2 700 000 € »."""
    if one.kind == CommitmentKind.FIXED:
        return f"{figure(one.hours, 2)} h, nombre fixe"
    if one.kind == CommitmentKind.SHARE:
        return f"{percent(float(one.rate or 0), 2)} des heures travaillées"
    counted = "facturés" if one.basis == "facture" else "commandés"
    words = f"{figure(one.hours_per_tranche, 2)} h par tranche de {euros(one.tranche_amount_ht)} HT {counted}"
    if one.is_whole_tranches:
        words += ", tranches complètes"
    if one.trigger_amount_ht:
        words += f", au-delà de {euros(one.trigger_amount_ht)} HT"
        words += " ; le seuil franchi, tout compte" if one.is_retroactive else ""
    return words
