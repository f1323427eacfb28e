"""Hides the counts that would tell of somebody: fewer than five, and a second one when the total would give it back. Pure."""

from collections.abc import Mapping
from typing import Final

LEAST: Final = 5


def hidden_below(counts: Mapping[str, int], *, least: int = LEAST) -> dict[str, int | None] | None:
    """The counts of one cut, None for a hidden one; None for all of them when the whole is below `least`.

    Zero is shown: it names nobody. When one count alone is hidden, the smallest other one is hidden too, since the total is known.
    """
    whole = sum(counts.values())
    if whole < least:
        return None
    shown: dict[str, int | None] = {
        name: count if count == 0 or count >= least else None for name, count in counts.items()
    }
    hidden = [name for name, count in shown.items() if count is None]
    if len(hidden) == 1:
        others = [name for name, count in shown.items() if count]
        if not others:
            return None
        shown[min(others, key=lambda name: (counts[name], name))] = None
    # Two hidden cells that sum to less than the threshold still tell too much.
    while sum(counts[name] for name, count in shown.items() if count is None) < least and hidden:
        others = [name for name, count in shown.items() if count]
        if not others:
            return None
        shown[min(others, key=lambda name: (counts[name], name))] = None
    return shown
