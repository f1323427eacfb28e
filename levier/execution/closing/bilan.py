"""The final bilan of a contract: how many hours, who in numbers, how; the same on the page and in the document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from levier.core.documents import to_docx, to_odt, to_pdf
from levier.core.documents.converting import escape
from levier.core.typography import counted, day, euros, figure, percent
from levier.execution.closing.policies import PeopleCounts, people_counts
from levier.execution.control.defaults import OUTCOMES
from levier.execution.control.progress import Standing, standing_of
from levier.execution.models import Contract, ContractClosing, DefaultStep, Evidence, LedgerHead, StepKind
from levier.execution.policies import Reader
from levier.execution.queries.balances import Balance, balances, total

FORMATS = {
    "pdf": (to_pdf, "application/pdf"),
    "docx": (to_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "odt": (to_odt, "application/vnd.oasis.opendocument.text"),
}
HIDDEN = "moins de 5"


@dataclass(frozen=True, slots=True)
class Bilan:
    """Everything the end of a contract says. Hours in hours; `evidence`: label, hours, share 0 to 1; `people`: None for who may not read it.

    `meetings`: held and reported; `papers`: asked for, seen.
    """

    contract: Contract
    balance: Balance
    standing: Standing
    evidence: tuple[tuple[str, Decimal, float], ...]
    people: PeopleCounts | None
    closing: ContractClosing | None
    difficulties: int
    meetings: int
    papers: tuple[int, int]
    decisions: tuple[tuple[str, Decimal, date], ...]
    heads: tuple[LedgerHead, ...]

    @property
    def is_reached(self) -> bool:
        """Whether everything due is done."""
        return self.balance.due > 0 and self.balance.left <= 0

    @property
    def happened(self) -> tuple[str, ...]:
        """What happened besides the hours, a line each; nothing that did not."""
        asked, seen = self.papers
        said = (
            counted(self.meetings, "réunion ou visite tenue", plural="réunions ou visites tenues")
            if self.meetings
            else "",
            f"{counted(asked, 'pièce demandée', plural='pièces demandées')}, {figure(seen)} vue{'s' if seen > 1 else ''}"
            if asked
            else "",
            counted(self.difficulties, "difficulté signalée", plural="difficultés signalées")
            if self.difficulties
            else "",
            *(f"{label}, {euros(amount, 2)}, le {day(on)}" for label, amount, on in self.decisions),
        )
        return tuple(one for one in said if one)

    @property
    def is_closed(self) -> bool:
        return self.closing is not None and self.closing.closed_at is not None


def bilan_of(contract: Contract, *, today: date, reader: Reader | None = None) -> Bilan:
    """Read the bilan of a contract, as `reader` may: without one, hours and no people. A constant number of queries."""
    whole = total(balances(by="commitment", contract=contract.pk))
    decided = DefaultStep.objects.filter(procedure__contract=contract, kind=StepKind.DECISION)
    return Bilan(
        contract=contract,
        balance=whole,
        standing=standing_of(contract, today=today),
        evidence=tuple(
            (level.label, whole.by_evidence[level.value], whole.share(level.value) or 0.0)
            for level in Evidence
            if whole.by_evidence[level.value]
        ),
        people=people_counts(reader, contract) if reader else None,
        closing=ContractClosing.objects.filter(contract=contract).first(),
        difficulties=contract.difficulties.count(),
        meetings=contract.meetings.filter(noted_at__isnull=False).count(),
        papers=(
            contract.evidence_requests.count(),
            contract.evidence_requests.filter(received_on__isnull=False).count(),
        ),
        decisions=tuple(
            (OUTCOMES[one.facts["outcome"]], Decimal(one.facts["amount"]), one.at.date()) for one in decided
        ),
        heads=tuple(
            LedgerHead.objects.filter(commitment__contract=contract)
            .select_related("commitment__contractor")
            .order_by("commitment__number")
        ),
    )


def written(bilan: Bilan, form: str) -> tuple[bytes, str]:
    """The file and its media type. `form` is a key of FORMATS. Raises KeyError, DocumentError."""
    maker, media_type = FORMATS[form]
    return maker(as_markdown(bilan), title=f"Bilan : {bilan.contract.title}"), media_type


def as_markdown(bilan: Bilan) -> str:
    """The bilan as a document; everything somebody typed is escaped."""
    contract, balance = bilan.contract, bilan.balance
    parts = [
        f"# Bilan de la clause sociale : {escape(contract.title)}",
        f"{escape(contract.buyer.name)} → {escape(contract.holder.name)}, du {day(contract.starts_on)} au {day(contract.ends_on)}.",
        _identity(contract),
        "## Combien",
        f"**{figure(balance.done, 2)} h faites sur {figure(balance.due, 2)} h dues"
        + (f" ({percent(balance.rate, 0)})" if balance.rate is not None else "")
        + ".**"
        + (f" Il manque {figure(balance.left, 2)} h." if balance.left > 0 else ""),
        _lines(
            f"{escape(one.commitment.contractor.name)} : {figure(one.done, 2)} h sur {figure(one.due, 2)} h"
            for one in (bilan.heads if len(bilan.heads) > 1 else ())
        ),
        _lines(
            f"{label} : {figure(hours, 2)} h, {percent(share, 0)}" for label, hours, share in bilan.evidence
        ),
    ]
    if bilan.people is not None:
        parts += ["## Qui, et comment", "Réservé à la structure qui suit ce contrat.", _people(bilan.people)]
    closing = bilan.closing
    if closing is not None:
        for label, words in closing.words:
            parts += [f"## {label}", "\n\n".join(escape(one) for one in words.splitlines() if one.strip())]
    if bilan.happened:
        parts += ["## Ce qui s’est passé", _lines(bilan.happened)]
    if closing is not None and closing.closed_at is not None:
        parts.append(
            f"Clos le {day(closing.closed_at)}, {escape(closing.signed)} : {closing.get_basis_display()}. {escape(closing.reason)}"
        )
    parts += [
        "## Têtes de chaîne du grand livre",
        _lines(
            f"Engagement {one.commitment.number}, {counted(one.count, 'écriture')} : `{one.hash}`"
            for one in bilan.heads
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _identity(contract: Contract) -> str:
    """What a reader outside asks first: which contract, since when, followed by whom, written when."""
    number = f"Contrat n° {escape(contract.reference)}, notifié" if contract.reference else "Contrat notifié"
    follower = escape((contract.facilitator or contract.buyer).name)
    return f"{number} le {day(contract.notified_on)}, suivi par {follower}. Bilan établi le {day(timezone.localdate())}."


def _people(people: PeopleCounts) -> str:
    if people.people is None:
        return "Moins de cinq personnes : seules les heures sont dites, pour ne désigner personne."
    parts = [f"{people.people} personnes."]
    for cut in people.cuts:
        words = " ; ".join(f"{label} : {HIDDEN if count is None else count}" for label, count in cut.counts)
        parts.append(f"{cut.label} : {words}.")
    return "\n\n".join(parts)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(f"- {one}" for one in lines)
