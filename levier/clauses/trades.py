"""Owns the trades that change the wording of a clause, and which one a CPV code means."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

# Not a trade but a form of contract: its paragraphs are added to those of the trade.
FRAMEWORK = "framework"
# Nor this one: a clause that asks for an action in the place of hours, whatever the trade.
ACTION = "action"
ACTION_LABEL = "Action sans heures (élèves, formation)"
# Trades of the upkeep of a district (« gestion urbaine de proximité »), of which a programme asks another share than of works.
UPKEEP = frozenset({"cleaning", "green_spaces"})
# Not a trade either: what a lot says when its staff is to be taken over, whatever its trade.
TAKEOVER = "takeover"


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade: its code (also a folder of texts), its French name, its CPV prefixes, examples of tasks."""

    code: str
    label: str
    cpv: tuple[str, ...]
    tasks: str


@cache
def all_trades() -> tuple[Trade, ...]:
    """Every trade, in the order of the file."""
    rows = yaml.safe_load((files("levier.clauses") / "trades.yaml").read_text(encoding="utf-8"))
    return tuple(Trade(row["code"], row["label"], tuple(row["cpv"]), row["tasks"]) for row in rows)


def trade_labels() -> dict[str, str]:
    """Code → French name of everything `--trade` accepts, the framework agreement included."""
    return {trade.code: trade.label for trade in all_trades()} | {
        FRAMEWORK: "Accord-cadre à bons de commande"
    }


def trade_of(cpv: str) -> str:
    """The trade of a CPV code (the longest prefix wins), or an empty text."""
    found = [
        (len(prefix), trade.code) for trade in all_trades() for prefix in trade.cpv if cpv.startswith(prefix)
    ]
    return max(found)[1] if found else ""


def tasks_of(trade: str) -> str:
    """Examples of tasks of that trade within reach of somebody who learns the job; empty when unknown."""
    return next((one.tasks for one in all_trades() if one.code == trade), "")
