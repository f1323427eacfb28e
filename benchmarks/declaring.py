"""Months declared by companies and accepted by a facilitator, on a served site, while somebody reads its pages.

    python -m benchmarks.declaring --seconds 300

A base of generated contracts (`benchmarks.ledger`), and live ones followed by its largest facilitator, two people each. A `levier serve` of two
workers, as the guide of installation writes it, answers over HTTP. A declaration is a company that opens the page of its month, types it and
sends it (with its receipt by mail); then the facilitator opens the grid and accepts what waits, which posts in the ledger. Two stages: at the
pace asked for, then as fast as the site answers; in both a reader turns over the contract, the grid and the portfolio. The callers run on the
same machine, and their share of its cores counts against the site. Uses an installation of its own, removed at the end unless --home names one.
"""

from __future__ import annotations

import argparse
import itertools
import os
import queue
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from benchmarks import ledger
from benchmarks.caller import Answer, Caller
from benchmarks.installation import installation, machine

if TYPE_CHECKING:
    from levier.accounts.models import User
    from levier.execution.models import Contract
    from levier.organisations.models import Organisation

MONTHS, PEOPLE, SENDERS = 20, 2, 4
# The reader asks a page, reads it for this long, asks another one.
READING_SECONDS = 0.25
LONGEST_START = 120.0


@dataclass(frozen=True, slots=True)
class Month:
    """What a company has to declare: whose contract, which month, the hours of each entry."""

    contract: int
    month: str
    hours: dict[int, int]


@dataclass
class Base:
    """The live contracts, their months still to declare, and the cookies of both sides."""

    contracts: list[int]
    months: queue.SimpleQueue[Month]
    company: dict[str, str]
    facilitator: dict[str, str]


@dataclass
class Clock:
    """Milliseconds of each kind of call; several threads add to it."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, name: str, call: Callable[[], Answer], expected: int) -> Answer:
        """Time a call whose status must be the one expected."""
        start = time.perf_counter()
        answer = call()
        self.times[name].append((time.perf_counter() - start) * 1_000)
        assert answer.status == expected, (name, answer.status, answer.location, answer.text[:2_000])
        return answer

    def table(self) -> Iterator[str]:
        """Rows of Markdown."""
        yield "| call | times | p50, ms | p95, ms | longest, ms |\n|---|---|---|---|---|"
        for name, times in sorted(self.times.items()):
            ranked = sorted(times)
            at95 = ranked[int(len(ranked) * 0.95)]
            yield f"| {name} | {len(ranked):,} | {statistics.median(ranked):.0f} | {at95:.0f} | {ranked[-1]:.0f} |"


def live_contracts(count: int) -> Base:
    """Make the live contracts by the actions of the room, each person told, entered and validated."""
    from django.utils import timezone

    from levier.accounts.models import Membership, Role, User
    from levier.organisations.models import Organisation
    from levier.rulebook.months import add_months, first_of

    (largest, _), _ = ledger.portfolios()
    structure, buyer = Organisation.objects.get(pk=largest), Organisation.objects.get(pk=1)
    holder = Organisation.objects.create(siren="999999799", name="Entreprise mesurée")
    facilitator, company = (
        User.objects.create_user(f"{name}@exemple.invalid") for name in ("suivi", "firme")
    )
    Membership.objects.create(user=facilitator, organisation=structure, role=Role.FACILITATOR)
    Membership.objects.create(user=company, organisation=holder, role=Role.CONTRACTOR)
    first = add_months(first_of(timezone.localdate()), -MONTHS)
    made = [
        _contract(number, first, buyer, holder, structure, facilitator, company) for number in range(count)
    ]
    months: queue.SimpleQueue[Month] = queue.SimpleQueue()
    for rank in range(MONTHS):
        for contract, entries in made:
            # Never twice the same total: a rule asks whether these are hours planned or done.
            hours = dict.fromkeys(entries, 60 + rank)
            months.put(Month(contract.pk, f"{add_months(first, rank):%Y-%m}", hours))
    return Base([one.pk for one, _ in made], months, _signed_in(company), _signed_in(facilitator))


def _contract(
    number: int, first: date, buyer: Organisation, holder: Organisation, structure: Organisation, facilitator: User,
    company: User,
) -> tuple[Contract, tuple[int, ...]]:  # fmt: skip
    from levier.execution.actions import CommitmentValues, ContactPerson, ContractValues, open_contract
    from levier.execution.people import actions as people
    from levier.purchasing.models import ContactRank
    from levier.rulebook.eligibility import Facts, ProofSeen
    from levier.rulebook.months import add_months

    contract = open_contract(
        by=facilitator, buyer=buyer, holder=holder, facilitator=structure,
        values=ContractValues(
            title=f"Contrat vivant {number}", notified_on=first, starts_on=first, ends_on=add_months(first, 36),
            departement_code="59", reporting_period="mois",
        ),
        commitments=[CommitmentValues(hours=Decimal(4_000), publics_rule="ccag_2021", counting_rule="national")],
        contacts={ContactRank.FIRST: ContactPerson(name="Contact mesuré", email=company.email)},
    )  # fmt: skip
    proof = ProofSeen("caf_rsa", issued_on=first - timedelta(days=30), seen_on=first)
    facts = Facts(entry_on=first, allocations=frozenset({"rsa"}), proofs=(proof,))
    entries = []
    for name in itertools.islice(("Awa", "Malik", "Odile", "Teddy"), PEOPLE):
        who = people.add_participant(
            by=facilitator,
            follower=structure,
            given_name=name,
            family_name="Exemple",
            birth_on=date(1990, 5, 4),
        )
        people.give_notice(by=facilitator, participant=who, on=first, way="main")
        entry, _ = people.enter(
            by=facilitator, participant=who, contract=contract, company=holder, facts=facts, rules="ccag_2021",
            employer_kind="DIRECT", modality="embauche",
        )  # fmt: skip
        entries.append(people.decide_entry(by=facilitator, entry=entry, is_valid=True).pk)
    return contract, tuple(entries)


def _signed_in(user: User) -> dict[str, str]:
    """The cookie of a browser where this account is signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


@contextmanager
def served(home: Path, workers: int) -> Iterator[str]:
    """`levier serve` on this installation until the end of the block; gives its address."""
    from levier.cli.preparation import collect_static_files

    collect_static_files()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    log = home / "serve.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "levier", "serve", "--port", port, "--workers", str(workers)], stdout=stream, stderr=stream,
            env=os.environ | {"LEVIER_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        limit = time.monotonic() + LONGEST_START
        while "Levier est prêt" not in log.read_text():
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError(f"levier serve does not start:\n{log.read_text()[-3_000:]}")
            time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


class Stage:
    """Declare, accept and read for so long, at this rate an hour or flat out; times are kept in `clock`."""

    def __init__(self, url: str, base: Base, seconds: float, per_hour: float | None) -> None:
        self.url, self.base, self.per_hour = url, base, per_hour
        self.clock, self.begun, self.turns = Clock(), time.monotonic(), itertools.count()
        self.limit = self.begun + seconds
        self.to_accept: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self.is_over = threading.Event()

    def run(self) -> tuple[Clock, int, float]:
        """The times, the declarations sent, the seconds until all are accepted."""
        with ThreadPoolExecutor(SENDERS + 2) as pool:
            senders = [pool.submit(self._send) for _ in range(SENDERS)]
            accepting, reading = pool.submit(self._accept), pool.submit(self._read)
            try:
                sent = sum(one.result() for one in senders)
            finally:
                self.to_accept.put(None)
                accepting.result()
                took = time.monotonic() - self.begun
                self.is_over.set()
            reading.result()
        return self.clock, sent, took

    def _send(self) -> int:
        caller, sent = Caller(self.url, self.base.company), 0
        while time.monotonic() < self.limit:
            if self.per_hour:
                wait = self.begun + next(self.turns) * 3_600 / self.per_hour - time.monotonic()
                time.sleep(max(0.0, wait))
            try:
                one = self.base.months.get_nowait()
            except queue.Empty:
                break
            path = f"/contrats/{one.contract}/declarer?mois={one.month}"
            self.clock.ask("month of the company, page", partial(caller.get, path), 200)
            fields = {f"h-{entry}-{one.month}": str(hours) for entry, hours in one.hours.items()}
            fields |= {"cle": str(uuid4()), "envoyer": "1"}
            self.clock.ask("month sent", partial(caller.post, path, fields), 302)
            self.to_accept.put(one.contract)
            sent += 1
        return sent

    def _accept(self) -> None:
        caller = Caller(self.url, self.base.facilitator)
        while (contract := self.to_accept.get()) is not None:
            grid = f"/suivi/contrats/{contract}/grille"
            page = self.clock.ask("grid of the contract, page", partial(caller.get, grid), 200)
            lines = [("ligne", each) for each in re.findall(r'name="ligne" value="([^"]+)"', page.text)]
            if lines:
                self.clock.ask("month accepted", partial(caller.post, f"{grid}/accepter", lines), 302)

    def _read(self) -> None:
        caller = Caller(self.url, self.base.facilitator)
        for contract in itertools.cycle(self.base.contracts):
            for name, path in (
                ("contract, page", f"/contrats/{contract}"), ("portfolio, page", "/contrats"),
                ("grid of the contract, page", f"/suivi/contrats/{contract}/grille"),
            ):  # fmt: skip
                self.clock.ask(name, partial(caller.get, path), 200)
                if self.is_over.wait(READING_SECONDS):
                    return


def check() -> None:
    """Every line sent is accepted and posted; heads are the sums of their lines."""
    from levier.execution.models import DeclarationLine, LineState

    assert not DeclarationLine.objects.exclude(state=LineState.ACCEPTED).exists()
    assert not DeclarationLine.objects.filter(posting=None).exists()
    ledger.check_heads()


def main() -> None:
    """Fill, serve, measure, check, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.declaring")
    parser.add_argument("--lines", type=int, default=200_000, help="lines of the ledger beforehand")
    parser.add_argument("--contracts", type=int, default=120, help="live contracts, of 20 months each")
    parser.add_argument("--per-hour", type=int, default=5_000)
    parser.add_argument("--workers", type=int, default=2, help="processes of the site")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--home", type=Path)
    options = parser.parse_args()
    os.environ["LEVIER_ANONYMOUS_CALLS_PER_MINUTE"] = "0"
    with installation(options.home) as home:
        ledger.fill(
            ledger.Country(options.lines, max(600, options.lines // 30), max(50, options.lines // 500))
        )
        base = live_contracts(options.contracts)
        with served(home, options.workers) as url:
            # The first calls of a process load what the others find loaded.
            Stage(url, base, 5, None).run()
            for title, per_hour in (
                (f"{options.per_hour:,} an hour asked for", options.per_hour),
                ("flat out", None),
            ):
                clock, sent, took = Stage(url, base, options.seconds, per_hour).run()
                print(
                    f"\n{title}: {sent:,} declarations sent and accepted in {took:.0f} s, {sent / took * 3_600:,.0f} an hour; {machine()}\n"
                )
                print("\n".join(clock.table()), flush=True)
        check()


if __name__ == "__main__":
    main()
