"""Reads of lists and saved searches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils import timezone

from levier.accounts.models import User
from levier.directory.exports import export_row
from levier.directory.models import SavedSearch, SupplierList
from levier.directory.queries import SupplierCard, supplier_cards

# Beside those of a search: what is the team's own.
LIST_COLUMNS = (("note", "Note de l’équipe"), ("ajoute_le", "Ajouté le"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One supplier of a list, as its page shows it."""

    pk: int
    card: SupplierCard
    note: str
    added_by: str
    added_at: datetime


def lists_of(user: User) -> QuerySet[SupplierList]:
    """The lists of every organisation this account belongs to, with ``size``."""
    return (
        SupplierList.objects.filter(organisation__memberships__user=user)
        .select_related("organisation")
        .annotate(size=Count("entries", distinct=True))
        .order_by("organisation__name", "name", "pk")
        .distinct()
    )


def entries_of(supplier_list: SupplierList) -> tuple[Entry, ...]:
    """The suppliers of a list in the order they were added, those that left the directory included. Two queries."""
    rows = list(supplier_list.entries.select_related("added_by"))
    cards = {card.id: card for card in supplier_cards([row.supplier_id for row in rows])}
    return tuple(
        Entry(row.pk, cards[row.supplier_id], row.note, str(row.added_by or ""), row.added_at)
        for row in rows
        if row.supplier_id in cards
    )


def export_rows(supplier_list: SupplierList) -> Iterator[dict[str, object]]:
    """A list as the exports of a search write it, with what the team noted."""
    return (
        export_row(entry.card)
        | {"note": entry.note, "ajoute_le": timezone.localdate(entry.added_at).isoformat()}
        for entry in entries_of(supplier_list)
    )


def searches_of(user: User) -> QuerySet[SavedSearch]:
    """The searches this account keeps, the newest first."""
    return SavedSearch.objects.filter(user=user).defer("known")
