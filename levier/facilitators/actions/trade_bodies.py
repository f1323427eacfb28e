"""Writes of the register of professional bodies: one typed by an animation, many from a file, the house's own list."""

from collections import Counter
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit
from levier.core.audit import Actor
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import TradeBody
from levier.facilitators.reading import Places
from levier.facilitators.reading_trade_bodies import TradeBodyValues, bodies_in

_OWN_LIST = "trade_bodies.csv"
MOST_ROWS = 5_000


@transaction.atomic
def save_trade_body(*, by: User, values: TradeBodyValues, body: TradeBody | None = None) -> TradeBody:
    """Add a body, or change it. Raises RefusedError for a name already taken."""
    same = TradeBody.objects.filter(name__iexact=values.name).first()
    if same is not None and same != body:
        raise RefusedError(f"« {values.name} » est déjà dans le répertoire : modifiez sa ligne.")
    made = body or TradeBody()
    _fill(made, values, by)
    _record(by.as_actor(), "save", made)
    return made


@transaction.atomic
def hide_trade_body(*, by: User, body: TradeBody, is_hidden: bool) -> TradeBody:
    """Take a body out of the choices of buyers, or back into them; the consultations it answered keep its name."""
    body.is_hidden, body.written_by, body.updated_at = is_hidden, by, timezone.now()
    body.save()
    _record(by.as_actor(), "hide" if is_hidden else "show", body)
    return body


@transaction.atomic
def import_trade_bodies(
    *, by: User, path: Path, is_allowed: Callable[[Sequence[str]], bool] = lambda areas: True
) -> tuple[Counter[str], list[str]]:
    """Add the bodies of our CSV, change those of the same name. Returns counts, and « ligne 3 : why » for the refused.

    `is_allowed`: whether a body of these territories is the reader's to write.

    Read = créées + modifiées + inchangées + refusées. Raises UnreadableFileError, RefusedError for too long a file.
    """
    known = {one.name.casefold(): one for one in TradeBody.objects.all()}
    counts: Counter[str] = Counter()
    refused: list[str] = []
    for where, found in bodies_in(path, Places()):
        counts["lues"] += 1
        if counts["lues"] > MOST_ROWS:
            raise RefusedError(f"Le fichier dépasse {MOST_ROWS} lignes : coupez-le.")
        if isinstance(found, str):
            counts["refusées"] += 1
            refused.append(f"{where} : {found}")
            continue
        body = known.get(found.name.casefold())
        if not is_allowed(found.territories) or (body and not is_allowed(body.territories)):
            counts["refusées"] += 1
            refused.append(f"{where} : « {found.name} » n’est pas du territoire que vous animez.")
            continue
        if body is not None and _says(body, found):
            counts["inchangées"] += 1
            continue
        counts["modifiées" if body else "créées"] += 1
        known[found.name.casefold()] = _fill(body or TradeBody(), found, by)
    audit.record(
        by=by.as_actor(),
        verb="facilitators.import_trade_bodies",
        object_type="trade_body",
        object_key="",
        details=dict(counts),
    )
    return counts, refused


@transaction.atomic
def load_trade_bodies(*, by: Actor) -> int:
    """The house's own list: adds what nobody wrote, never changes a row. Returns how many are new."""
    known = {name.casefold() for name in TradeBody.objects.values_list("name", flat=True)}
    with resources.as_file(resources.files("levier.facilitators") / _OWN_LIST) as path:
        rows = [found for _, found in bodies_in(path, Places()) if isinstance(found, TradeBodyValues)]
    fresh = [_fill(TradeBody(), one, None) for one in rows if one.name.casefold() not in known]
    if fresh:
        audit.record(
            by=by,
            verb="facilitators.load_trade_bodies",
            object_type="trade_body",
            object_key="",
            details={"count": len(fresh)},
        )
    return len(fresh)


def _fill(body: TradeBody, values: TradeBodyValues, by: User | None) -> TradeBody:
    body.name, body.kind = values.name, values.kind
    body.trades, body.territories = list(values.trades), list(values.territories)
    body.contact_page, body.email = values.contact_page, values.email
    body.source, body.is_confirmed = values.source, values.is_confirmed
    body.written_by, body.updated_at = by, timezone.now()
    body.save()
    return body


def _says(body: TradeBody, values: TradeBodyValues) -> bool:
    return TradeBodyValues(
        name=body.name, kind=body.kind, trades=tuple(body.trades), territories=tuple(body.territories),
        contact_page=body.contact_page, email=body.email, source=body.source, is_confirmed=body.is_confirmed,
    ) == values  # fmt: skip


def _record(by: Actor, what: str, body: TradeBody) -> None:
    audit.record(
        by=by,
        verb="facilitators.write_trade_body",
        object_type="trade_body",
        object_key=str(body.pk),
        details={"what": what},
    )
