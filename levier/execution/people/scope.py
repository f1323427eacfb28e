"""For whom a session acts on the tables that name people: row-level security shows nothing to one that has not said it.

The application could name any scope: this guards against a forgotten filter, not against the code that opens the scope. Only
`policies.py`, the actions and the retention open one.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection, transaction

from levier.accounts.models import Role, User

_FOLLOWED = "levier.people_followed"
_DECLARED = "levier.people_declared"
_PERSON = "levier.people_person"
_RETENTION = "levier.people_retention"


@contextmanager
def acting(
    *,
    followers: Iterable[int] = (),
    companies: Iterable[int] = (),
    person: UUID | None = None,
    is_retention: bool = False,
) -> Iterator[None]:
    """Inside the block, and its transaction, rows of these structures, companies and person are seen; none outside.

    Blocks may be nested: the inner one replaces the outer one, which comes back.
    """
    wanted = {
        _FOLLOWED: ",".join(str(int(key)) for key in followers),
        _DECLARED: ",".join(str(int(key)) for key in companies),
        _PERSON: str(person or ""),
        _RETENTION: "on" if is_retention else "",
    }
    with transaction.atomic():
        before = _swap(wanted)
        try:
            yield
        finally:
            # A failed transaction takes no order, and forgets the settings by itself.
            if not connection.needs_rollback:
                _swap(before)


def _swap(values: dict[str, str]) -> dict[str, str]:
    """Sets the values until the end of the transaction; gives those that stood. One query."""
    names = list(values)
    columns = ", ".join("current_setting(%s, true), set_config(%s, %s, true)" for _ in names)
    parameters = [part for name in names for part in (name, name, values[name])]
    with connection.cursor() as cursor:
        # Written in the order of the columns: each old value is read before the new one is set.
        cursor.execute(f"SELECT {columns}", parameters)
        row = cursor.fetchone()
    return {name: row[2 * rank] or "" for rank, name in enumerate(names)}


def followed_by(user: User) -> list[int]:
    """The structures this account follows people for: only where it is a facilitator."""
    return list(
        user.memberships.filter(role=Role.FACILITATOR).order_by().values_list("organisation_id", flat=True)
    )
