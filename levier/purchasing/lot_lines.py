"""What rooms above say of a lot (its study, its clause): they register here; the page and the notes read here.

Nothing is imported upward: a room above calls `register` from the `ready` of its AppConfig, with the dotted path of
its provider, which is loaded when a lot is first shown: a command line starts without it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar, cast

from django.utils.module_loading import import_string

from levier.accounts.models import User
from levier.purchasing.models import Lot, Purchase


@dataclass(frozen=True, slots=True)
class LotLine:
    """What is known above of one lot, in French sentences, and where to work on it.

    `is_proposed`: a lever and hours (or the reason for none) are proposed; `is_signed`: the buyer signed them.
    A purchase is proposed once every lot is, signed once every lot is. `url` empty: nothing to open; `links` are
    (words, address) of what else there is to open.
    """

    lot_id: int
    lines: tuple[str, ...]
    url: str = ""
    url_label: str = "Étudier ce lot"
    is_proposed: bool = False
    is_signed: bool = False
    links: tuple[tuple[str, str], ...] = ()


# Given every present lot of one purchase at once, so that a provider asks the database once; `reader` is None
# for a check or a note that no particular person opens.
Provider = Callable[[Purchase, Sequence[Lot], User | None], Iterable[LotLine]]

Asked = TypeVar("Asked", bound=Callable[..., object])

_providers: dict[str, Provider | str] = {}


def register(name: str, provider: Provider | str) -> None:
    """Fill the slot of the lots. The same name again replaces (a reload, a test)."""
    _providers[name] = provider


def is_studied_here() -> bool:
    """Whether a room above studies lots: only then is a study asked before a move."""
    return bool(_providers)


def lines_of(
    purchase: Purchase, lots: Sequence[Lot], *, reader: User | None = None
) -> Mapping[int, tuple[LotLine, ...]]:
    """The lines of each lot, by its number in the database; a lot nobody speaks of is absent."""
    found: dict[int, list[LotLine]] = {}
    for name in sorted(_providers):
        for line in _loaded(_providers[name])(purchase, lots, reader):
            found.setdefault(line.lot_id, []).append(line)
    return {lot_id: tuple(lines) for lot_id, lines in found.items()}


def unready(purchase: Purchase, lots: Sequence[Lot], *, signed: bool) -> tuple[Lot, ...]:
    """The lots that still wait for a proposal (or, with `signed`, for the buyer's signature)."""
    if not is_studied_here():
        return ()
    said = lines_of(purchase, lots)
    return tuple(
        lot
        for lot in lots
        if not any(line.is_signed if signed else line.is_proposed for line in said.get(lot.pk, ()))
    )


@dataclass(frozen=True, slots=True)
class LotEstimate:
    """What a room above estimates of a lot: its hours (None: not yet), whether the buyer signed them, its posts."""

    hours: Decimal | None = None
    is_signed: bool = False
    posts: tuple[str, ...] = ()


# Given the present lots of any purchases at once: {lot id: estimate}.
Estimator = Callable[[Sequence[Lot]], Mapping[int, LotEstimate]]

_estimators: dict[str, Estimator | str] = {}


def register_estimator(name: str, estimator: Estimator | str) -> None:
    """Fill in the hours and the posts of lots, asked only where they are shown. The same name again replaces."""
    _estimators[name] = estimator


def estimates_of(lots: Sequence[Lot]) -> Mapping[int, LotEstimate]:
    """The estimate of each lot somebody estimates."""
    found: dict[int, LotEstimate] = {}
    for name in sorted(_estimators):
        found |= _loaded(_estimators[name])(lots)
    return found


# Given the lots of one purchase, removed ones too: what already stands on its publication or attribution, in words that
# end « On ne peut plus revenir en arrière : … ».
Holder = Callable[[Sequence[Lot]], Iterable[str]]

_holders: dict[str, Holder | str] = {}


def register_hold(name: str, holder: Holder | str) -> None:
    """Say what forbids taking a declaration back. The same name again replaces."""
    _holders[name] = holder


def holds_of(lots: Sequence[Lot]) -> tuple[str, ...]:
    """All that stands on the declarations of these lots, in the order of the names of the rooms."""
    return tuple(said for name in sorted(_holders) for said in _loaded(_holders[name])(lots))


def _loaded(asked: Asked | str) -> Asked:
    return cast(Asked, import_string(asked)) if isinstance(asked, str) else asked
