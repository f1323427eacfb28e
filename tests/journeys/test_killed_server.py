"""Two hundred months are sent while the site and its database are killed: what was acknowledged is there, once.

The moments are drawn from a seed that is printed; LEVIER_SEED gives it again.
"""

import json
import os
import queue
import random
import re
import signal
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from benchmarks.caller import Answer, Caller, NoAnswerError
from levier.core.postgres import ServerPlaces
from tests.journeys.site import Site, served

CONTRACTS, MONTHS, SENDERS = 10, 20, 4
KILLED = ("site", "database", "database")
FACILITATOR, CONTACT = "facilitateur@exemple.invalid", "coupures@exemple.invalid"
LONGEST = 240.0
# The tests' server trades durability for speed; this one does not.
DURABLE = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on"


@dataclass(frozen=True)
class Month:
    """One sending of the page of a link: its fields, with the key that makes it once."""

    link: str
    entry: int
    month: str
    hours: str
    key: str

    @property
    def path(self) -> str:
        return f"{self.link}?mois={self.month}"

    @property
    def fields(self) -> dict[str, str]:
        cell = f"h-{self.entry}-{self.month}"
        return {cell: self.hours, f"avant-{cell}": "", "cle": self.key, "envoyer": "1"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_killed_site_and_a_killed_database_lose_and_double_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = int(os.environ.get("LEVIER_SEED") or random.SystemRandom().randrange(10**6))
    print(f"LEVIER_SEED={seed}")
    monkeypatch.setenv("LEVIER_POSTGRES_OPTIONS", DURABLE)
    home = Path(os.environ["LEVIER_HOME"]) / f"killed{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    with served(home) as site:
        made = inside(site, f"make_contracts({CONTRACTS}, {MONTHS}, {CONTACT!r})")
        months = [Month(*one, key=str(uuid4())) for one in made["to_send"]]
        acknowledged = send_and_kill(site, months, made["contracts"], random.Random(seed))
        kept = inside(site, "tell_what_is_kept()")
        file = str(home / "ledger.jsonl")
        site.command("ledger", "export", "--out", file)
        site.command("ledger", "verify", file)
    assert len(acknowledged) == CONTRACTS * MONTHS
    assert sorted(kept["sendings"]) == sorted(acknowledged)
    assert kept["receipts"] == len(acknowledged)
    expected = [[one.entry, f"{one.month}-01", f"{one.hours}.00", f"{one.hours}.00"] for one in months]
    assert sorted(kept["lines"]) == expected
    assert kept["heads"] == kept["sums"]


def inside(site: Site, call: str) -> Any:
    """What a function of `cut_contracts` prints in the installation."""
    return json.loads(site.run(f"from tests.journeys import cut_contracts; cut_contracts.{call}"))


def send_and_kill(site: Site, months: list[Month], contracts: list[int], draw: random.Random) -> list[str]:
    """Send everything, decide everything, kill in the meantime; gives the keys that were acknowledged."""
    # The months of a contract are sent in their order, so that none is remarked as skipped.
    waiting: queue.SimpleQueue[deque[Month]] = queue.SimpleQueue()
    for path in sorted({one.link for one in months}):
        waiting.put(deque(one for one in months if one.link == path))
    company, facilitator = open_links(site, months), sign_in(site)
    acknowledged: list[str] = []
    begun = time.monotonic()
    limit = begun + LONGEST

    def send() -> None:
        caller = Caller(site.url, company.cookies)
        while True:
            try:
                of_contract = waiting.get_nowait()
            except queue.Empty:
                return
            month = of_contract.popleft()
            answered(partial(caller.post, month.path, month.fields), limit)
            acknowledged.append(month.key)
            if of_contract:
                waiting.put(of_contract)

    with ThreadPoolExecutor(SENDERS + 1) as pool:
        senders = [pool.submit(send) for _ in range(SENDERS)]
        decider = pool.submit(decide, facilitator, contracts, senders, limit)
        share = len(months) // len(KILLED)
        for rank, what in enumerate(draw.sample(KILLED, len(KILLED))):
            # Far enough from each other: what was killed answered again before the next one.
            moment = draw.randrange(share * rank + 10, share * (rank + 1) - 10)
            while len(acknowledged) < moment and time.monotonic() < limit:
                time.sleep(0.002)
            time.sleep(draw.random() / 20)
            print(f"{time.monotonic() - begun:.1f} s, {len(acknowledged)} acknowledged: {what} killed")
            kill(site, what)
        for one in [*senders, decider]:
            one.result()
    print(f"{time.monotonic() - begun:.1f} s, {len(acknowledged)} acknowledged: all sent and decided")
    return acknowledged


def answered(ask: Callable[[], Answer], limit: float) -> Answer:
    """As a browser whose owner insists: the same form again until the site says where to go next."""
    while True:
        assert time.monotonic() < limit, "the site does not come back"
        try:
            answer = ask()
        except NoAnswerError:
            answer = None
        if answer and answer.status < 500:
            assert answer.status in (200, 302), answer
            return answer
        time.sleep(0.1)


def decide(caller: Caller, contracts: list[int], senders: list[Future[None]], limit: float) -> None:
    """Accept what waits without a remark, contract after contract; once more when everything was sent."""
    while True:
        is_last = all(one.done() for one in senders)
        for pk in contracts:
            page = answered(partial(caller.get, f"/suivi/contrats/{pk}/grille"), limit)
            lines = [("ligne", one) for one in re.findall(r'name="ligne" value="([^"]+)"', page.text)]
            if lines:
                answered(partial(caller.post, f"/suivi/contrats/{pk}/grille/accepter", lines), limit)
        if is_last:
            return
        time.sleep(0.5)


def kill(site: Site, what: str) -> None:
    """SIGKILL to the process that answers for the site, or to the database server."""
    pids = [int((ServerPlaces.of(site.home).data / "postmaster.pid").read_text().split()[0])]
    if what == "site":
        pids = workers(site)
        assert pids
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def workers(site: Site) -> list[int]:
    """The processes that granian started for this site."""
    parents, mains = {}, set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(folder.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            words = folder.joinpath("cmdline").read_bytes().split(b"\0")
        except OSError:  # gone meanwhile
            continue
        if b"granian" in words and site.url.rsplit(":", 1)[1].encode() in words:
            mains.add(int(folder.name))
    return [pid for pid, parent in parents.items() if parent in mains]


def open_links(site: Site, months: list[Month]) -> Caller:
    """The contact opens the link of each contract by its code, in one browser."""
    caller = Caller(site.url)
    for path in sorted({one.link for one in months}):
        assert caller.get(path).status == 200
        already = len(site.mails_to(CONTACT))
        caller.post(f"{path}/code", {})
        code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", site.wait_for_mail(CONTACT, already))
        assert code and caller.post(f"{path}/ouvrir", {"code": code[0]}).status == 302
    return caller


def sign_in(site: Site) -> Caller:
    caller = Caller(site.url)
    caller.get("/compte/connexion/")
    form = {"login": FACILITATOR, "password": site.password_of(FACILITATOR)}
    assert caller.post("/compte/connexion/", form).status == 302
    return caller
