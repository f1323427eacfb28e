"""The arithmetic of the hours ledger: its lines, their chain of fingerprints, the check of an export. Pure.

The database chains the lines as they are written (a trigger of `execution`); this module says the same in Python, so
that an export is proved without the database, by anybody who has this file.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

FORMAT: Final = "levier-ledger/1"
# The layout of an export; that of its lines, which the database chains, is FORMAT.
FILE_FORMAT: Final = "levier-ledger/2"
# What the first line of a chain follows.
GENESIS: Final = "0" * 64
DUE, DONE, REVERSAL = "due", "done", "reversal"
_KINDS: Final = frozenset({DUE, DONE, REVERSAL})
_LINE_KEYS: Final = frozenset(
    {
        "type", "commitment", "number", "kind", "account", "leg", "hours", "effective_on", "written_at",
        "evidence", "reason", "reverses", "hash",
    }
)  # fmt: skip
_HEADER_KEYS: Final = frozenset({"type", "format", "written_at", "commitments", "postings", "digest", "seal"})


@dataclass(frozen=True, slots=True)
class Line:
    """One posting: hours (two decimals) between a commitment and its other leg.

    `leg`: « contract:12 », « order:3 », « amendment:4 » for hours due; « person_month:<uuid>/2026-03/7 » (participant,
    month, number of the employer) for hours done, « contract:12 » for the total of those done before the first line (an
    opening). `account`: due or done, also for a reversal. `written_at`: UTC, « 2026-11-25T22:01:02.123456Z ». `reverses`:
    number of the line reversed, in the same chain.
    """

    commitment: int
    number: int
    kind: str
    account: str
    leg: str
    hours: Decimal
    effective_on: str
    written_at: str
    evidence: str = ""
    reason: str = ""
    reverses: int | None = None

    def canonical(self, previous: str) -> str:
        """The text whose SHA-256 is the fingerprint of the line; `previous`: the fingerprint before it."""
        return "|".join(
            (
                FORMAT, str(self.commitment), str(self.number), self.kind, self.account, self.leg,
                f"{self.hours:.2f}", self.effective_on, self.written_at, self.evidence, self.reason,
                "" if self.reverses is None else str(self.reverses), previous,
            )
        )  # fmt: skip

    def fingerprint(self, previous: str) -> str:
        """Sixty-four hexadecimal digits."""
        return hashlib.sha256(self.canonical(previous).encode()).hexdigest()

    def as_dict(self, fingerprint: str) -> dict[str, Any]:
        """The line of an export."""
        return {
            "type": "posting", "commitment": self.commitment, "number": self.number, "kind": self.kind,
            "account": self.account, "leg": self.leg, "hours": f"{self.hours:.2f}",
            "effective_on": self.effective_on, "written_at": self.written_at, "evidence": self.evidence,
            "reason": self.reason, "reverses": self.reverses, "hash": fingerprint,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: how many lines, the last fingerprint, the hours due and done."""

    commitment: int
    count: int
    hash: str
    due: Decimal
    done: Decimal

    def as_dict(self) -> dict[str, Any]:
        """The line of an export, before its seal."""
        return {
            "type": "head", "commitment": self.commitment, "count": self.count, "hash": self.hash,
            "due": f"{self.due:.2f}", "done": f"{self.done:.2f}",
        }  # fmt: skip


def written(row: Mapping[str, Any]) -> str:
    """A row as its export writes it, to the byte: what is written otherwise was touched."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def _seal(row: Mapping[str, Any], before: str) -> str:
    """The fingerprint of a row that no chain of lines holds, and of those above it."""
    own = {name: value for name, value in row.items() if name != "seal"}
    return hashlib.sha256(f"{before}{written(own)}".encode()).hexdigest()


def opening_rows(heads: Iterable[Head], *, written_at: str) -> list[dict[str, Any]]:
    """The first line of an export, then its heads, each sealed with what precedes: one of them changed by a byte is named."""
    found = list(heads)
    rows = [header(written_at=written_at, heads=found), *(one.as_dict() for one in found)]
    seal = ""
    for row in rows:
        seal = row["seal"] = _seal(row, seal)
    return rows


class BrokenLedgerError(ValueError):
    """The export does not hold; the message is one French sentence that names the first broken line."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(f"Ligne {line} : {sentence}" if line else sentence)
        self.line = line


@dataclass(frozen=True, slots=True)
class Verified:
    """An export that holds."""

    commitments: int
    postings: int
    due: Decimal
    done: Decimal
    digest: str
    written_at: str


def digest_of(heads: Iterable[Head]) -> str:
    """One fingerprint for all the heads, in the order of the commitments: what is printed beside an export."""
    total = hashlib.sha256()
    for head in heads:
        total.update(f"{head.commitment}|{head.count}|{head.hash}|{head.due:.2f}|{head.done:.2f}\n".encode())
    return total.hexdigest()


def header(*, written_at: str, heads: Collection[Head]) -> dict[str, Any]:
    """The first line of an export, before its seal."""
    return {
        "type": "ledger", "format": FILE_FORMAT, "written_at": written_at, "commitments": len(heads),
        "postings": sum(one.count for one in heads), "digest": digest_of(heads),
    }  # fmt: skip


def verify(lines: Iterable[str | bytes], *, printed: str = "") -> Verified:
    """Prove an export read line by line, each with its end: seals, chains, reversals, totals, nothing cut. Raises BrokenLedgerError.

    `printed`: the fingerprint printed when the file was made (or its beginning, eight digits at least); without it,
    a file rewritten from end to end would still hold together.
    """
    rows = _Rows(lines)
    first = rows.next()
    if first is None:
        raise BrokenLedgerError(0, "Le fichier est vide.")
    if first.get("type") != "ledger" or first.get("format") != FILE_FORMAT:
        raise BrokenLedgerError(
            1, f"ce n’est pas un export du grand livre des heures (format attendu : {FILE_FORMAT})."
        )
    if first.keys() != _HEADER_KEYS:
        raise BrokenLedgerError(1, "ce n’est pas une première ligne complète.")
    heads = _heads(rows, _integer(first, "commitments", 1), _sealed(first, "", 1))
    digest = digest_of(heads.values())
    if digest != first.get("digest"):
        raise BrokenLedgerError(1, "l’empreinte générale ne correspond pas aux têtes de chaîne du fichier.")
    if printed and not (len(printed) >= 8 and digest.startswith(printed.lower())):
        raise BrokenLedgerError(
            1,
            f"l’empreinte générale ({digest[:16]}…) n’est pas celle que vous donnez ({printed[:16]}…) : "
            "ce fichier n’est pas celui qui a été édité.",
        )
    found = _chains(rows, heads)
    if found != first.get("postings"):
        raise BrokenLedgerError(
            rows.number, f"le fichier annonce {first.get('postings')} écritures et en contient {found}."
        )
    return Verified(
        commitments=len(heads), postings=found, digest=digest, written_at=str(first.get("written_at", "")),
        due=sum((head.due for head in heads.values()), Decimal()),
        done=sum((head.done for head in heads.values()), Decimal()),
    )  # fmt: skip


class _Rows:
    """The JSON objects of the file, and the number of the line last read."""

    def __init__(self, lines: Iterable[str | bytes]) -> None:
        self._lines: Iterator[str | bytes] = iter(lines)
        self.number = 0

    def next(self) -> Mapping[str, Any] | None:
        line = next(self._lines, None)
        if line is None:
            return None
        self.number += 1
        try:
            # A file sent by mail may come back with other ends of lines: they say nothing.
            text = line.replace(b"\r\n", b"\n").decode() if isinstance(line, bytes) else line
            row = json.loads(text)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise BrokenLedgerError(self.number, "ce n’est pas une ligne JSON lisible (fichier coupé ?).")
        if text != written(row):
            raise BrokenLedgerError(
                self.number, "elle n’est pas écrite comme l’export l’écrit : elle a été touchée."
            )
        return row


def _sealed(row: Mapping[str, Any], before: str, at: int) -> str:
    """The seal of a row. Raises BrokenLedgerError when it does not fit what the row says."""
    seal = _seal(row, before)
    if row.get("seal") != seal:
        raise BrokenLedgerError(
            at,
            "son sceau ne correspond pas à son contenu : la ligne a été modifiée, ou une autre manque avant elle.",
        )
    return seal


def _heads(rows: _Rows, count: int, seal: str) -> dict[int, Head]:
    heads: dict[int, Head] = {}
    for _ in range(count):
        row = rows.next()
        if row is None:
            raise BrokenLedgerError(
                rows.number, f"le fichier s’arrête ici : il annonce {count} têtes de chaîne."
            )
        if row.get("type") != "head":
            raise BrokenLedgerError(rows.number, "une tête de chaîne est attendue ici.")
        at = rows.number
        seal = _sealed(row, seal, at)
        head = Head(
            commitment=_integer(row, "commitment", at), count=_integer(row, "count", at),
            hash=str(row.get("hash", "")), due=_hours(row, "due", at), done=_hours(row, "done", at),
        )  # fmt: skip
        if heads and head.commitment <= next(reversed(heads)):
            raise BrokenLedgerError(at, f"l’engagement {head.commitment} n’est pas à sa place.")
        heads[head.commitment] = head
    return heads


class _Chain:
    """One commitment being read."""

    def __init__(self, head: Head) -> None:
        self.head = head
        self.count = 0
        self.last = GENESIS
        self.written_at = ""
        self.totals = {DUE: Decimal(), DONE: Decimal()}
        self.lines: dict[int, Line] = {}
        self.reversed: set[int] = set()

    def add(self, line: Line, fingerprint: str, at: int) -> None:
        where = f"(engagement {line.commitment}, écriture {line.number})"
        if line.number != self.count + 1:
            raise BrokenLedgerError(at, f"l’écriture {self.count + 1} est attendue, il en manque {where}.")
        if line.fingerprint(self.last) != fingerprint:
            raise BrokenLedgerError(
                at, f"l’empreinte ne correspond pas au contenu : la ligne a été modifiée {where}."
            )
        self._check(line, at, where)
        self.count, self.last, self.written_at = line.number, fingerprint, line.written_at
        self.totals[line.account] += line.hours
        self.lines[line.number] = line

    def _check(self, line: Line, at: int, where: str) -> None:
        if line.written_at < self.written_at:
            raise BrokenLedgerError(at, f"elle est écrite avant celle qui la précède {where}.")
        if line.kind not in _KINDS or line.account not in self.totals:
            raise BrokenLedgerError(at, f"sa nature est inconnue {where}.")
        if line.kind != REVERSAL:
            is_person = line.leg.startswith("person_month:")
            is_opening = (
                line.kind == DONE and line.leg.startswith("contract:") and line.evidence == "declared"
            )
            if (
                line.account != line.kind
                or is_person != (line.kind == DONE and not is_opening)
                or line.reverses is not None
            ):
                raise BrokenLedgerError(at, f"ses deux comptes ne vont pas ensemble {where}.")
            return
        original = self.lines.get(line.reverses or 0)
        if original is None or original.kind == REVERSAL:
            raise BrokenLedgerError(at, f"elle annule une écriture qui n’existe pas {where}.")
        if original.number in self.reversed:
            raise BrokenLedgerError(
                at, f"elle annule une deuxième fois l’écriture {original.number} {where}."
            )
        if (line.hours, line.leg, line.account) != (-original.hours, original.leg, original.account):
            raise BrokenLedgerError(at, f"elle n’est pas l’inverse de l’écriture {original.number} {where}.")
        self.reversed.add(original.number)

    def close(self, at: int) -> None:
        """The chain ends where its head says."""
        name = f"de l’engagement {self.head.commitment}"
        if self.count != self.head.count:
            raise BrokenLedgerError(
                at,
                f"la chaîne {name} s’arrête à l’écriture {self.count}, sa tête en annonce {self.head.count}.",
            )
        if self.last != self.head.hash:
            raise BrokenLedgerError(at, f"la chaîne {name} ne finit pas sur sa tête.")
        if (self.totals[DUE], self.totals[DONE]) != (self.head.due, self.head.done):
            raise BrokenLedgerError(at, f"les heures {name} ne font pas la somme que sa tête annonce.")


def _chains(rows: _Rows, heads: Mapping[int, Head]) -> int:
    """Read every chain in the order of the heads; how many lines."""
    found = 0
    row = rows.next()
    for head in heads.values():
        chain = _Chain(head)
        while row is not None and row.get("commitment") == head.commitment:
            line = _line(row, rows.number)
            chain.add(line, str(row["hash"]), rows.number)
            found += 1
            row = rows.next()
        chain.close(rows.number)
    if row is not None:
        raise BrokenLedgerError(
            rows.number, "cette ligne ne se rattache à aucune tête de chaîne, ou n’est pas à sa place."
        )
    return found


def _line(row: Mapping[str, Any], at: int) -> Line:
    if row.get("type") != "posting" or row.keys() != _LINE_KEYS:
        raise BrokenLedgerError(at, "ce n’est pas une écriture complète.")
    reverses = row["reverses"]
    if reverses is not None and type(reverses) is not int:
        raise BrokenLedgerError(at, "« reverses » n’est pas un nombre entier.")
    try:
        date.fromisoformat(str(row["effective_on"]))
        datetime.fromisoformat(str(row["written_at"]))
    except ValueError:
        raise BrokenLedgerError(at, "une de ses dates n’est pas lisible.") from None
    return Line(
        commitment=_integer(row, "commitment", at), number=_integer(row, "number", at), kind=str(row["kind"]),
        account=str(row["account"]), leg=str(row["leg"]), hours=_hours(row, "hours", at),
        effective_on=str(row["effective_on"]), written_at=str(row["written_at"]), evidence=str(row["evidence"]),
        reason=str(row["reason"]), reverses=reverses,
    )  # fmt: skip


def _integer(row: Mapping[str, Any], name: str, at: int) -> int:
    value = row.get(name)
    if type(value) is not int or value < 0:
        raise BrokenLedgerError(at, f"« {name} » n’est pas un nombre entier.")
    return value


def _hours(row: Mapping[str, Any], name: str, at: int) -> Decimal:
    try:
        value = Decimal(str(row.get(name)))
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value != round(value, 2):
        raise BrokenLedgerError(at, f"« {name} » n’est pas un nombre d’heures au centième.")
    return value
