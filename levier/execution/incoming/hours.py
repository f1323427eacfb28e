"""Hours of a month from a payroll, a temp agency, the API: people found by their name inside the contract, the checks of the grid.

Read inside the scope of a desk; nothing is written here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal

from levier.core.typography import figure
from levier.execution.declaring.book import Book, Key
from levier.execution.errors import RefusedError
from levier.execution.incoming.account import Account
from levier.execution.incoming.saying import Said
from levier.execution.incoming.sheets import folded
from levier.execution.incoming.taking.known import person_key
from levier.execution.models import Entry
from levier.rulebook.months import first_of, last_of

_ABSENT = "Cette personne n’est pas sur ce contrat : ses heures ne sont pas prises."
_NEAR = (
    "Quelqu’un de ce nom de famille est sur ce contrat, avec un autre prénom ou une autre naissance : "
    "est-ce la même personne ?"
)


class ElsewhereError(LookupError):
    """Somebody who is not on this contract."""


class People:
    """The people of a book by name, in either order of its two parts."""

    def __init__(self, book: Book) -> None:
        self._by_name: dict[str, list[Entry]] = defaultdict(list)
        self._families: set[str] = set()
        # A payroll names each person once a month.
        self._asked: dict[tuple[str, str], list[Entry]] = {}
        for entry in book.entries.values():
            who = entry.participant
            self._by_name[person_key(who.family_name, who.given_name)].append(entry)
            self._families.add(folded(who.family_name))

    def entry(self, *, family: str, given: str, birth_on: date | None, month: date) -> Entry:
        """Who a line is about, and her entry of that month. Raises LookupError when nobody, RefusedError in doubt."""
        found = self._named(family, given)
        if birth_on:
            found = [one for one in found if one.participant.birth_on == birth_on]
        if not found:
            if folded(family) in self._families or folded(given) in self._families:
                raise RefusedError(_NEAR)
            raise ElsewhereError(_ABSENT)
        if len({one.participant_id for one in found}) > 1:
            raise RefusedError("Deux personnes de ce nom sont sur ce contrat : ajoutez la date de naissance.")
        present = [
            one for one in found
            if one.entered_on <= last_of(month) and (one.left_on is None or one.left_on >= month)
        ]  # fmt: skip
        return (present or found)[-1]

    def _named(self, family: str, given: str) -> list[Entry]:
        if (family, given) not in self._asked:
            straight, turned = person_key(family, given), person_key(given, family)
            self._asked[family, given] = self._by_name.get(straight) or self._by_name.get(turned) or []
        return self._asked[family, given]


def understand_hours(
    sayings: Iterable[Said],
    book: Book,
    *,
    with_remarks: bool = True,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[Account, dict[Key, Decimal]]:
    """The account of a file, and the cells to keep. Lines of one person and month are added up, as payrolls cut them.

    Without remarks: only what decides whether a line is kept, for the writing.
    """
    account, people = Account(), People(book)
    cells: dict[Key, Decimal] = {}
    lines: dict[Key, list[Said]] = defaultdict(list)
    order: dict[str, int] = {}
    for said in sayings:
        order.setdefault(said.sheet, len(order))
        try:
            lines[_key(said, people, book)].append(said)
        except ElsewhereError:
            account.say(said.line, said.words, "aside", _ABSENT, sheet=said.sheet)
        except LookupError as absent:
            account.say(said.line, said.words, "refused", str(absent.args[0]), sheet=said.sheet)
        except RefusedError as refusal:
            outcome = said.outcome if str(refusal) == said.wrong else "questioned"
            account.say(said.line, said.words, outcome, str(refusal), sheet=said.sheet)
    for done, (key, same) in enumerate(lines.items()):
        hours = sum((one.hours or Decimal() for one in same), Decimal())
        _judge(account, book, key, hours, same, cells, with_remarks)
        if not done % 500:
            progress(done)
    account.remarks.sort(key=lambda one: (order[one.sheet], one.line))
    account.hours = sum(cells.values(), Decimal())
    account.people = len({entry for entry, _ in cells})
    return account, cells


def _key(said: Said, people: People, book: Book) -> Key:
    if said.wrong:
        raise RefusedError(said.wrong)
    if not said.has_person:
        raise LookupError("Cette ligne ne nomme personne.")
    if said.hours is None:
        raise LookupError("Cette ligne n’a pas d’heures.")
    if said.month is None:
        raise RefusedError(
            "Cette ligne ne dit pas son mois : choisissez-le au-dessus, ou ajoutez une colonne."
        )
    entry = people.entry(
        family=said.family, given=said.given, birth_on=said.days.get("birth_on"), month=said.month
    )
    return entry.pk, first_of(said.month)


def _judge(
    account: Account, book: Book, key: Key, hours: Decimal, same: list[Said], cells: dict[Key, Decimal],
    with_remarks: bool,
) -> None:  # fmt: skip
    judged = book.judge(key, hours) if with_remarks else None
    told = book.refusal_of(key, judged.findings, hours) if judged else book.refusal(key, hours)
    first, there = same[0], book.cell(key).hours
    if told or there == hours:
        for one in same:
            account.say(
                one.line, one.words, "refused" if told else "known", told or "Ces heures sont déjà là.", sheet=one.sheet
            )  # fmt: skip
        return
    cells[key] = hours
    remark = f"Remplace {figure(there, 2)} h." if there is not None else ""
    sentences = " ".join(judged.sentences) if judged else ""
    account.say(
        first.line,
        first.words,
        "understood",
        f"{remark} {sentences}".strip(),
        sheet=first.sheet,
        before=remark,
    )
    for one in same[1:]:
        account.say(
            one.line,
            one.words,
            "understood",
            f"Ajoutée à la {first.where} : {figure(hours, 2)} h en tout.",
            sheet=one.sheet,
        )
