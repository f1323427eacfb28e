"""The dossier with a full directory: 300,000 suppliers, 10,000 contracts, a few hundred different needs.

    python -m benchmarks.dossier [--home DIR]
    python -m benchmarks.dossier --rows 1500000

With --rows the tables are filled by COPY in the proportions of the country (1.3 million ESS bodies for 200,000 others)
instead of importing a file. Makes an installation of its own: generated suppliers, the real contracts found beside the repository (generated
ones when they are absent, and then it says so), both indexes, the CPV model. One process asks every need of
`compose`, then posts it to the page, rendering included. With --home the installation is kept for the next run.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.cpv import DEFAULT as REAL_CONTRACTS
from benchmarks.filling import fill_directory
from benchmarks.generate_suppliers import SEED, communes, expressions
from benchmarks.installation import installation, machine, resident_mb, write_suppliers_csv

TODAY = date(2026, 11, 22)
SIX = (
    "Rénovation d'une école à Roubaix, 1,5 M€, 18 mois",
    "Nettoyage de bureaux, Lille, 120 k€, 24 mois, 140 h/mois à reprendre",
    "Traiteur, vœux, 600 personnes, 18 k€, Nantes",
    "Accord-cadre voirie d'un EPCI, estimé 2,4 M€, maximum 4 M€",
    "Mur du cimetière, commune de 900 habitants, Lozère, 45 k€",
    "Collège à Mayotte, 12 M€, 30 mois",
)
WORKS = (
    "Réfection de la toiture du gymnase", "Entretien des espaces verts de la résidence", "Gardiennage du siège",
    "Blanchisserie de l'hôpital", "Collecte des encombrants", "Peinture de la mairie", "Nettoyage des vitres",
    "Restauration collective pour les écoles", "Construction d'une crèche", "Réfection des trottoirs",
    "Mission d'assistance à maîtrise d'ouvrage", "Maintenance informatique", "Impression du bulletin municipal",
    "Transport scolaire", "Démolition d'un bâtiment", "Isolation thermique de logements", "Achat de mobilier",
    "Location de véhicules", "Élagage des arbres", "Désamiantage du collège",
)  # fmt: skip
AMOUNTS = ("18 k€", "60 000 €", "120 k€", "450 k€", "1,5 M€", "12 M€")
MONTHS = ("", ", 12 mois", ", 18 mois", ", 4 ans")


def needs(count: int, seed: int) -> list[str]:
    """The six needs of reference, then combinations of works or trades, towns, amounts and durations."""
    rng = random.Random(seed)
    towns = [place["name"] for place in communes() if int(place["population"] or 0) > 5_000]
    trades = [rng.choice(found).capitalize() for found in expressions().values()]
    works = itertools.cycle([*WORKS, *rng.sample(trades, len(trades))])
    made = (
        f"{next(works)} à {rng.choice(towns)}, {rng.choice(AMOUNTS)}{rng.choice(MONTHS)}"
        for _ in itertools.count()
    )
    return [*SIX, *itertools.islice(made, count - len(SIX))]


def generated_contracts(path: Path, count: int = 10_000) -> None:
    """Invented contracts in the national format, when no real one is at hand."""
    rng = random.Random(SEED)
    words, places = expressions(), communes()
    from levier.reference.sectors import cpv_prefixes_of

    codes = [
        (trade, (*cpv_prefixes_of(slug), "45")[0].ljust(8, "0")) for slug in words for trade in words[slug]
    ]
    rows = []
    for number in range(count):
        place = rng.choice(places)
        trade, code = rng.choice(codes)
        signed = (TODAY - timedelta(days=rng.randrange(2_000))).isoformat()
        rows.append({
            "id": f"{number:06d}", "uid": f"20005478100022{number:06d}", "acheteur": {"id": "20005478100022"},
            "nature": "Marché", "objet": f"{trade} pour {place['name']}", "codeCPV": code,
            "procedure": "Procédure adaptée", "dureeMois": 12, "dateNotification": signed,
            "datePublicationDonnees": signed, "montant": float(rng.randrange(10_000, 2_000_000)),
            "lieuExecution": {"code": place["departement"], "typeCode": "Code département"}, "titulaires": [],
        })  # fmt: skip
    path.write_text(json.dumps({"marches": rows}, ensure_ascii=False), encoding="utf-8")


def fill(home: Path, suppliers: int, *, is_national: bool = False) -> None:
    """Suppliers, contracts, model, indexes and static files, when the installation has not got them yet."""
    from levier.cli.index import followed_indexes
    from levier.cli.preparation import collect_static_files
    from levier.core.audit import Actor
    from levier.directory.actions import import_source
    from levier.directory.models import Supplier
    from levier.purchasing.actions import import_contracts
    from levier.purchasing.models import Contract

    by = Actor.machine("mesure")
    if Supplier.objects.count() < suppliers and is_national:
        with clocked("suppliers copied"):
            fill_directory(suppliers)
    elif Supplier.objects.count() < suppliers:
        path = home / f"suppliers-{suppliers}.csv"
        if not path.exists():
            write_suppliers_csv(path, suppliers)
        with clocked("suppliers imported"):
            import_source(source="suppliers-csv", path=path, by=by)
    if not Contract.objects.exists():
        path = REAL_CONTRACTS
        if not path.exists():
            path = home / "contracts.json"
            generated_contracts(path)
            print("- no real contracts beside the repository: the contracts are generated")
        with clocked("contracts imported and CPV model trained"):
            import_contracts(path=path, by=by)
    for index in followed_indexes():
        if not index.is_usable() or not index.status().documents:
            with clocked(f"index built: {index.topic}"):
                index.rebuild()
    collect_static_files()


@contextlib.contextmanager
def clocked(step: str) -> Iterator[None]:
    """Print how long a step of the preparation took."""
    start = time.perf_counter()
    yield
    print(f"- {step}: {time.perf_counter() - start:.1f} s")


def timed(asked: Iterable[str], answer: Callable[[str], Any]) -> tuple[list[float], list[float]]:
    """Milliseconds of the clock and of this process's CPU for each need."""
    times, spent = [], []
    for text in asked:
        start, busy = time.perf_counter(), time.process_time()
        answer(text)
        spent.append((time.process_time() - busy) * 1_000)
        times.append((time.perf_counter() - start) * 1_000)
    return times, spent


def row(name: str, times: list[float], spent: list[float], outcome: str) -> str:
    """One row of the table."""
    ranked = sorted(times)
    at95 = ranked[int(len(ranked) * 0.95)]
    cpu95 = sorted(spent)[int(len(spent) * 0.95)]
    return (
        f"| {name} | {len(times)} | {statistics.median(times):.0f} | {at95:.0f} | {ranked[-1]:.0f} | {cpu95:.0f} "
        f"| {outcome} |"
    )


def main() -> None:
    """Prepare, ask, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, help="installation to use and keep")
    parser.add_argument("--suppliers", type=int, default=300_000)
    parser.add_argument(
        "--rows", type=int, help="fill the tables directly with so many, in national proportions"
    )
    parser.add_argument("--needs", type=int, default=300)
    chosen = parser.parse_args()
    with installation(chosen.home) as home:
        fill(home, chosen.rows or chosen.suppliers, is_national=bool(chosen.rows))
        measure(needs(chosen.needs, SEED), needs(chosen.needs, SEED + 1))


def measure(asked: list[str], others: list[str]) -> None:
    """Ask `asked` of the composer and `others` of the page, so that neither finds the other's work done; print the table."""
    from django.conf import settings
    from django.test import Client

    from levier.config.warming import warm
    from levier.dossier.composing import compose
    from levier.dossier.need import NeedInput, NeedRefused

    settings.ANONYMOUS_CALLS_PER_MINUTE = 0
    refused: list[str] = []
    client = Client(enforce_csrf_checks=False)
    statuses: list[int] = []

    def composed(text: str) -> None:
        try:
            compose(NeedInput(text=text), today=TODAY)
        except NeedRefused:
            refused.append(text)

    def posted(text: str) -> None:
        statuses.append(client.post("/dossier", {"text": text}).status_code)

    before = os.getloadavg()[0]
    start = time.perf_counter()
    warm()
    ready = time.perf_counter() - start
    timed(SIX, composed), timed(SIX, posted)
    refused.clear(), statuses.clear()
    by_composer = timed(asked, composed)
    by_page = timed(others, posted)
    answered = f"{len(asked) - len(refused)} answered, {len(refused)} asked to say more"
    right = f"{sum(status == 200 for status in statuses)} pages in 200"
    print(f"\n| a need, ms | needs | p50 | p95 | max | CPU p95 | |\n{'|---' * 7}|")
    print(row("`compose`", *by_composer, answered))
    print(row("POST /dossier, page rendered", *by_page, right))
    print(
        f"\nOne process, {resident_mb():.0f} MB resident, warmed up in {ready:.1f} s before the first need; "
        f"{machine()} ({before:.1f} before)."
    )


if __name__ == "__main__":
    main()
