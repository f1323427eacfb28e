"""How far a proof goes: every sheet of the legal unit, or only those the same proof would open one by one."""

from django.db.models import QuerySet

from levier.directory.models import Supplier
from levier.directory.ownership.queries import proofs_of_each

# Up to so many places, whoever answers for one answers for the house: a secretary keeps them all.
FEW_PLACES = 5


def sheets_of_unit(supplier: Supplier) -> QuerySet[Supplier]:
    """Every listed sheet of the supplier's organisation, itself included."""
    return Supplier.objects.filter(organisation_id=supplier.organisation_id, is_listed=True)


def has_many_places(supplier: Supplier) -> bool:
    """Whether its legal unit has more places than one person answers for."""
    if supplier.organisation_id is None:
        return False
    return (
        len({siret or key for siret, key in sheets_of_unit(supplier).values_list("siret", "key")})
        > FEW_PLACES
    )


def sheets_opened_by(supplier: Supplier, address: str) -> list[Supplier] | None:
    """The sheets that a code sent to ``address`` opens; None when it is every sheet of the legal unit.

    Every one when the unit has few places, when the place proven is its head office (SIRENE), or when the same
    address proves each of its places. Else the place itself (all its kinds) and those whose own lists give this
    address or its domain.
    """
    is_head_office = bool((supplier.profile.get("legal_unit") or {}).get("head_office"))
    if is_head_office or not has_many_places(supplier):
        return None
    sheets = list(sheets_of_unit(supplier))
    proofs = proofs_of_each(sheets)
    opened = [
        one
        for one in sheets
        if one.pk == supplier.pk
        or (supplier.siret and one.siret == supplier.siret)
        or proofs[one.pk].accepts(address)
    ]
    return None if len(opened) == len(sheets) else opened


def sheets_of_place(supplier: Supplier) -> list[Supplier]:
    """The sheets of one establishment: itself, and its other kinds."""
    if not supplier.siret or supplier.organisation_id is None:
        return [supplier]
    return [supplier, *sheets_of_unit(supplier).filter(siret=supplier.siret).exclude(pk=supplier.pk)]
