"""The register of other platforms, directories and fairs where a buyer finds suppliers, by région."""

import csv
import io
from dataclasses import dataclass
from functools import cache

from levier.directory.open_data.columns import FOLDER
from levier.reference.models import Region

REGISTER = FOLDER / "platforms.csv"
NATURES = {
    "annuaire": "annuaire", "catalogue": "catalogue", "donnees": "données ouvertes", "liste": "liste légale",
    "plateforme": "plateforme", "portail": "portail de marchés", "salon": "salon",
}  # fmt: skip
CONFIRMED, TO_CONFIRM = "confirmed", "to_confirm"


@dataclass(frozen=True, slots=True)
class Platform:
    """One line of the register. ``region_code`` is empty for the whole country.

    ``status``: « to_confirm » until somebody has opened it and dated the check in ``source``.
    """

    slug: str
    name: str
    nature: str
    region_code: str
    operator: str
    holds: str
    url: str
    status: str
    source: str

    @property
    def nature_label(self) -> str:
        return NATURES[self.nature]

    @property
    def is_confirmed(self) -> bool:
        return self.status == CONFIRMED


@cache
def all_platforms() -> tuple[Platform, ...]:
    """The whole register, by name."""
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        rows = [Platform(*row) for row in list(csv.reader(lines))[1:]]
    return tuple(sorted(rows, key=lambda one: one.name.casefold()))


def register_csv() -> str:
    """The register as it is kept, each code of région followed by its name: 93 is no département here. One SQL query."""
    names = dict(Region.objects.values_list("code", "name"))
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        titles, *rows = csv.reader(lines)
    rank = titles.index("code_region")
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for row, region in [
        (titles, "region"),
        *((row, names.get(row[rank], "toute la France")) for row in rows),
    ]:
        writer.writerow([*row[: rank + 1], region, *row[rank + 1 :]])
    return out.getvalue()


def platforms_of(region_code: str) -> tuple[Platform, ...]:
    """Those of one région; with an empty code, those of the whole country."""
    return tuple(one for one in all_platforms() if one.region_code == region_code)
