"""How right are the activities deduced from NAF code, name and description? On judged suppliers, and on public lists.

    python -m benchmarks.activities --data ../shared/data

No public list at hand states activities beside names and codes: (a) suppliers judged by reading them
(`tests/gold/activities.yaml`), one half kept aside by SIREN; (b) the name alone against the NAF code of the same list; (c) the
name of holders of published contracts against what buyers bought from them. Needs no installation. Prints Markdown.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from levier.directory.inference import NAF_CONFIDENCE, Deduction, deduce
from levier.reference.naf import NAF_REV2
from levier.reference.sectors import is_known_naf, neighbours_of, sector_for_cpv, sectors_for_naf

GOLD = Path(__file__).resolve().parent.parent / "tests" / "gold" / "activities.yaml"
LIST = "3_organisations/siae/siae_lemarche.csv"
CONTRACTS = "5_marches/decp_2019/decp_2019_10000_reconstruit.json.gz"
HALVES = ("tune", "held_out")
# Every structure of insertion accompanies towards work: to say so is neither right nor wrong.
NOT_COUNTED = "insertion-accompagnement"
BANDS = ((0.9, 1.01), (0.8, 0.9), (0.7, 0.8), (0.5, 0.7))


@dataclass(frozen=True, slots=True)
class Judged:
    """What a reader says one supplier does: surely, and perhaps."""

    key: str
    sure: frozenset[str]
    perhaps: frozenset[str]

    @property
    def half(self) -> str:
        """One legal unit stays on one side."""
        return HALVES[hashlib.sha256(self.key[:9].encode()).digest()[0] % 2]


def judged_suppliers() -> list[Judged]:
    """The reference set."""
    rows: dict[str, dict[str, list[str]]] = yaml.safe_load(GOLD.read_text(encoding="utf-8"))
    return [Judged(key, frozenset(row["sure"]), frozenset(row["perhaps"])) for key, row in rows.items()]


def listed(data: Path) -> dict[str, dict[str, Any]]:
    """« SIRET:TYPE » → the values an import would deduce from."""
    found: dict[str, dict[str, Any]] = {}
    with (data / LIST).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            values: dict[str, Any] = {
                "name": row["nom"],
                "brand": row["enseigne"],
                "description": row["description"],
            }
            naf = row["naf"].upper()
            if is_known_naf(naf, nomenclature=NAF_REV2):
                values["naf"] = {"code": naf, "nomenclature": NAF_REV2}
            found[f"{row['siret']}:{row['type']}"] = values
    return found


def without(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """The same values without these."""
    return {name: value for name, value in values.items() if name not in names}


class Count:
    """Sectors said: right, or wrong, by band of confidence; suppliers; sectors that had to be found."""

    def __init__(self) -> None:
        self.said: Counter[tuple[float, float]] = Counter()
        self.right: Counter[tuple[float, float]] = Counter()
        self.first, self.first_right = 0, 0
        self.wanted, self.found = 0, 0
        self.wrong_words: Counter[str] = Counter()

    def add(self, found: Deduction, sure: frozenset[str], accepted: frozenset[str]) -> None:
        """One supplier: ``accepted`` holds the sure ones too."""
        ranked = [(confidence, slug) for confidence, slug in found.ranked if slug != NOT_COUNTED]
        for confidence, slug in ranked:
            band = next(one for one in BANDS if one[0] <= confidence < one[1])
            self.said[band] += 1
            self.right[band] += slug in accepted
            if slug not in accepted:
                self.wrong_words[slug] += 1
        if ranked:
            self.first += 1
            self.first_right += ranked[0][1] in accepted
        self.wanted += len(sure)
        self.found += len(sure & {slug for _, slug in ranked})

    def line(self, name: str) -> str:
        """A row of Markdown."""
        bands = [_rate(self.right[band], self.said[band]) for band in BANDS]
        every = _rate(sum(self.right.values()), sum(self.said.values()))
        cells = [name, *bands, every, _rate(self.first_right, self.first), _rate(self.found, self.wanted)]
        return f"| {' | '.join(cells)} |"


def _rate(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} % ({whole:,})" if whole else "–"


HEAD = (
    "| | 0.9 and more | 0.8 to 0.9 | 0.7 to 0.8 | 0.5 to 0.7 | every sector said | the first one | recall |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|"
)
WAYS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "NAF, name, description": lambda values: values,
    "NAF alone": lambda values: {"name": "", "naf": values.get("naf")},
    "name and description": lambda values: without(values, "naf"),
}


def on_judged(suppliers: Mapping[str, dict[str, Any]], half: str, way: str) -> Count:
    """(a) One half of the judged suppliers, one way of deducing."""
    count = Count()
    for one in judged_suppliers():
        if one.half == half and one.key in suppliers:
            kind = one.key.partition(":")[2]
            count.add(deduce(WAYS[way](suppliers[one.key]), kind), one.sure, one.sure | one.perhaps)
    return count


def on_naf(suppliers: Mapping[str, dict[str, Any]]) -> Count:
    """(b) The name alone, where the NAF code names a trade; a neighbour of that trade is right too."""
    count = Count()
    for key, values in suppliers.items():
        naf = values.get("naf")
        sectors = frozenset(one.slug for one in sectors_for_naf(naf["code"])) if naf else frozenset()
        kind = key.partition(":")[2]
        # Who makes people available declares temporary work, whatever the trade.
        if sectors and kind not in {"AI", "ETTI", "GEIQ"}:
            near = frozenset(each for slug in sectors for each in neighbours_of(slug))
            found = deduce(without(values, "naf", "description"), kind)
            if found.ranked:
                count.add(found, sectors, sectors | near)
    return count


def holders(data: Path) -> Iterator[tuple[str, frozenset[str]]]:
    """Name of a holder, sectors of what was bought from it."""
    with gzip.open(data / CONTRACTS, "rt", encoding="utf-8") as stream:
        content = json.load(stream)
    contracts: Iterable[dict[str, Any]] = content["marches"]
    if isinstance(contracts, dict):
        contracts = contracts["marche"]
    names: dict[str, str] = {}
    sectors: dict[str, set[str]] = defaultdict(set)
    for contract in contracts:
        sector = sector_for_cpv(str(contract.get("codeCPV") or ""))
        for each in contract.get("titulaires") or ():
            siret, name = str(each.get("id") or ""), str(each.get("denominationSociale") or "")
            if sector and name and len(siret) == 14:
                names[siret] = name
                sectors[siret].add(sector.slug)
    yield from ((names[siret], frozenset(sectors[siret])) for siret in sorted(names))


def on_contracts(data: Path) -> Count:
    """(c) The name alone against the CPV of contracts won; a neighbour is right too."""
    count = Count()
    for name, sectors in holders(data):
        found = deduce({"name": name}, "EI")
        if found.ranked:
            near = frozenset(each for slug in sectors for each in neighbours_of(slug))
            count.add(found, sectors, sectors | near)
    return count


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument(
        "--faults", action="store_true", help="name what is wrong on the half that is tuned on"
    )
    chosen = parser.parse_args()
    suppliers = listed(chosen.data)
    judged = [one for one in judged_suppliers() if one.key in suppliers]
    told = {half: sum(one.half == half for one in judged) for half in HALVES}
    print(
        f"{len(judged)} judged suppliers ({told['tune']} to tune on, {told['held_out']} held out). NAF confidence "
        f"{NAF_CONFIDENCE}. « x % (n) »: x % of n.\n\n(a) Judged by reading\n\n{HEAD}"
    )
    for half in HALVES:
        for way in WAYS:
            print(on_judged(suppliers, half, way).line(f"{half}: {way}"))
    print(
        f"\n(b), (c) The name alone, against what another source says; neighbouring trades are right\n\n{HEAD}"
    )
    print(on_naf(suppliers).line("against the NAF code of the same structure"))
    print(on_contracts(chosen.data).line("against the contracts its holder won"))
    if chosen.faults:
        print_faults(suppliers)


def print_faults(suppliers: Mapping[str, dict[str, Any]]) -> None:
    """What is wrong or missing on the half to tune on; never on the other one."""
    print()
    for one in judged_suppliers():
        if one.half != "tune" or one.key not in suppliers:
            continue
        found = deduce(suppliers[one.key], one.key.partition(":")[2])
        said = {slug for _, slug in found.ranked} - {NOT_COUNTED}
        wrong, missing = said - one.sure - one.perhaps, one.sure - said
        if wrong or missing:
            name = suppliers[one.key]["name"]
            print(
                f"- {one.key} {name}: wrong {sorted(wrong)}, missing {sorted(missing)}, said {found.ranked}"
            )


if __name__ == "__main__":
    main()
