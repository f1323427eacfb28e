"""Writes on lists and saved searches, and the weekly alert."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail
from levier.directory import index
from levier.directory.address import Address
from levier.directory.asked import Asked
from levier.directory.coming import areas_said, coming_page
from levier.directory.forms import SearchForm
from levier.directory.models import ListEntry, SavedSearch, Supplier, SupplierList
from levier.directory.queries import SupplierCard, supplier_cards
from levier.directory.results import slug_of, understand
from levier.organisations.models import Organisation

MOST_ENTRIES = 500
MOST_SEARCHES = 50
# Beyond, a search is too wide to be watched: the mail would say nothing useful.
MOST_WATCHED = 2_000
MOST_NAMED = 10
TOO_WIDE = (
    "Elle trouve plus de 2 000 fournisseurs : ajoutez un métier ou un lieu pour être prévenu des nouveaux."
)

_BODY = """Bonjour,

Votre recherche « {name} » compte {count} :

{lines}

Voir toute la recherche : {link}

Vous recevez ce courriel, au plus une fois par semaine, parce que vous l’avez demandé. Pour l’arrêter, sans vous connecter :
{stop}
"""
_SALT = "levier.directory.saved_search"


class SelectionRefusedError(ValueError):
    """The list or the search cannot be kept; the message is one French sentence."""


@transaction.atomic
def create_list(*, by: User, organisation: Organisation, name: str) -> SupplierList:
    """Open a list in an organisation ``by`` belongs to. Raises SelectionRefusedError."""
    title = " ".join(name.split())
    if not title:
        raise SelectionRefusedError("Donnez un nom à la liste.")
    if SupplierList.objects.filter(organisation=organisation, name__iexact=title).exists():
        raise SelectionRefusedError(f"Votre organisation a déjà une liste « {title} ».")
    made = SupplierList.objects.create(organisation=organisation, name=title[:120], created_by=by)
    audit.record(
        by=by.as_actor(), verb="directory.create_list", object_type="supplier_list", object_key=str(made.pk)
    )
    return made


@transaction.atomic
def add_to_list(*, by: User, supplier_list: SupplierList, keys: Sequence[str], note: str = "") -> int:
    """Add listed suppliers; those already there keep their note. Returns how many were added."""
    ids = list(Supplier.objects.filter(key__in=keys, is_listed=True).values_list("id", flat=True))
    SupplierList.objects.select_for_update().get(pk=supplier_list.pk)
    here = set(supplier_list.entries.values_list("supplier_id", flat=True))
    if len(here | set(ids)) > MOST_ENTRIES:
        raise SelectionRefusedError(
            f"Une liste porte au plus {MOST_ENTRIES} fournisseurs : ouvrez-en une autre."
        )
    new = [
        ListEntry(supplier_list=supplier_list, supplier_id=one, note=note.strip()[:500], added_by=by)
        for one in ids
        if one not in here
    ]
    ListEntry.objects.bulk_create(new)
    if new:
        audit.record(
            by=by.as_actor(),
            verb="directory.add_to_list",
            object_type="supplier_list",
            object_key=str(supplier_list.pk),
            details={"suppliers": len(new)},
        )
    return len(new)


@transaction.atomic
def remove_from_list(*, by: User, supplier_list: SupplierList, entry_id: int) -> None:
    """Take one supplier out; nothing happens when it is no longer there."""
    gone, _ = supplier_list.entries.filter(pk=entry_id).delete()
    if gone:
        audit.record(
            by=by.as_actor(),
            verb="directory.remove_from_list",
            object_type="supplier_list",
            object_key=str(supplier_list.pk),
        )


@transaction.atomic
def delete_list(*, by: User, supplier_list: SupplierList) -> None:
    """Delete a list and its notes."""
    key = supplier_list.pk
    SupplierList.objects.filter(pk=key).delete()
    audit.record(
        by=by.as_actor(), verb="directory.delete_list", object_type="supplier_list", object_key=str(key)
    )


@transaction.atomic
def save_search(*, by: User, query: str, name: str) -> SavedSearch:
    """Keep a search with its alert; the one already kept is given back. Raises SelectionRefusedError."""
    address = _address(query)
    asked = _asked(address)
    if asked is None:
        raise SelectionRefusedError("Cette recherche ne se lit pas : refaites-la, puis enregistrez-la.")
    if not address.query:
        raise SelectionRefusedError(
            "Cherchez d’abord quelque chose : un métier, un lieu, un type de structure."
        )
    kept = SavedSearch.objects.filter(user=by, query=address.query).first()
    if kept is not None:
        return kept
    if SavedSearch.objects.filter(user=by).count() >= MOST_SEARCHES:
        raise SelectionRefusedError(f"Vous gardez déjà {MOST_SEARCHES} recherches : retirez-en une d’abord.")
    if len(address.query) > 2_000:
        raise SelectionRefusedError("Cette recherche est trop longue pour être gardée : retirez des filtres.")
    found = _matching(asked)
    made = SavedSearch.objects.create(
        user=by, query=address.query, name=" ".join(name.split())[:200] or "Ma recherche",
        known=found.ids if found else [], has_alert=found is not None, checked_at=timezone.now(),
    )  # fmt: skip
    audit.record(
        by=by.as_actor(), verb="directory.save_search", object_type="saved_search", object_key=str(made.pk)
    )
    return made


@transaction.atomic
def set_alert(*, by: User, search: SavedSearch, has_alert: bool) -> None:
    """Turn the weekly mail on or off; turned on again, it starts from today. Raises SelectionRefusedError when too wide."""
    search.has_alert = has_alert
    asked = _asked(_address(search.query))
    if has_alert and asked is not None:
        found = _matching(asked)
        if found is None:
            raise SelectionRefusedError(TOO_WIDE)
        search.known, search.checked_at = found.ids, timezone.now()
    search.save(update_fields=["has_alert", "known", "checked_at"])
    audit.record(
        by=by.as_actor(), verb="directory.set_alert", object_type="saved_search", object_key=str(search.pk)
    )


@transaction.atomic
def delete_search(*, by: User, search: SavedSearch) -> None:
    """Forget a saved search."""
    key = search.pk
    SavedSearch.objects.filter(pk=key).delete()
    audit.record(
        by=by.as_actor(), verb="directory.delete_search", object_type="saved_search", object_key=str(key)
    )


def search_of_link(signed: str) -> SavedSearch | None:
    """The search whose mails a signed link stops; None when the link is not whole or the search is forgotten."""
    try:
        pk = signing.Signer(salt=_SALT).unsign(signed)
    except signing.BadSignature:
        return None
    return SavedSearch.objects.select_related("user").filter(pk=pk).first()


def tell_new_suppliers() -> int:
    """The weekly alert: a mail to each person whose search has someone new. Returns the mails written.

    One transaction a search: what was told is kept with the mail, so that a second run the same week is silent.
    """
    told = 0
    watched = SavedSearch.objects.filter(has_alert=True, user__is_active=True).values_list("pk", flat=True)
    for pk in list(watched):
        with transaction.atomic():
            search = SavedSearch.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            told += search is not None and _tell(search)
    return told


@dataclass(frozen=True, slots=True)
class _Matching:
    """Ids of whom a search finds, the best first: established where it asks, then those who come there from elsewhere."""

    here: tuple[int, ...]
    coming: tuple[int, ...]

    @property
    def ids(self) -> list[int]:
        return [*self.here, *self.coming]


def _tell(search: SavedSearch) -> bool:
    asked = _asked(_address(search.query))
    found = _matching(asked) if asked is not None else None
    if asked is None or found is None:
        return False
    known = set(search.known)
    new = [one for one in found.ids if one not in known]
    search.known, search.checked_at = sorted(known.union(found.ids)), timezone.now()
    search.save(update_fields=["known", "checked_at"])
    if not new:
        return False
    cards = supplier_cards(new[:MOST_NAMED])
    count = "un nouveau fournisseur" if len(new) == 1 else f"{len(new)} nouveaux fournisseurs"
    stop = settings.SITE_URL + reverse(
        "directory:search_stop", args=[signing.Signer(salt=_SALT).sign(search.pk)]
    )
    lines = [_line(card, asked if card.id in found.coming else None) for card in cards]
    mail.send(
        to=search.user.email,
        subject=f"{count[0].upper()}{count[1:]} : {search.name}",
        body=_BODY.format(
            name=search.name,
            count=count,
            lines="\n".join(lines) + ("\n…" if len(new) > len(cards) else ""),
            link=f"{settings.SITE_URL}{reverse('directory:search')}?{search.query}",
            stop=stop,
        ),
        key=f"alerte-{search.pk}-{timezone.localdate():%G-%V}",
        unsubscribe=stop,
    )
    return True


def _line(card: SupplierCard, coming_to: Asked | None) -> str:
    """A supplier in the mail; with `coming_to`, it stands outside of that place and says it works there."""
    place = f", {card.place_label}" if card.place_label else ""
    trades = ", ".join(tag.label for tag in card.sectors[:3])
    sheet = settings.SITE_URL + reverse("directory:sheet", args=[slug_of(card.key)])
    areas = ", ".join(areas_said(card, coming_to.query)) if coming_to else ""
    comes = f"Vient d’ailleurs et dit intervenir ici ({areas})" if areas else ""
    return "\n  ".join(
        filter(None, [f"- {card.display_name} ({card.kind.name}{place})", trades, comes, sheet])
    )


def _address(query: str) -> Address:
    return Address(reverse("directory:search"), QueryDict(query))


def _asked(address: Address) -> Asked | None:
    """What an address means; None when it no longer means anything (a sector that was renamed, say)."""
    form = SearchForm(QueryDict(address.query))
    if not form.is_valid():
        return None
    asked = understand(form.cleaned_data)
    return None if asked.problem else asked


def _matching(asked: Asked) -> _Matching | None:
    """Whom a search finds, as its page shows them; None when they are too many to be watched."""
    page = index.find(replace(asked.query, offset=0, limit=MOST_WATCHED, facets=()))
    coming = coming_page(asked.query, asked.place, limit=MOST_WATCHED)
    return None if page.total + coming.total > MOST_WATCHED else _Matching(page.keys, coming.keys)
