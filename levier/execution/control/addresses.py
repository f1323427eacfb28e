"""The address the letters of a contract are sent to, where it comes from, and its correction."""

from dataclasses import dataclass

from django.db import transaction

from levier.accounts.models import User
from levier.core import audit
from levier.directory.models import Supplier
from levier.directory.provenance import provenance_of
from levier.execution.models import Contract
from levier.organisations.addresses import on_one_line, postal_address


@dataclass(frozen=True, slots=True)
class LetterAddress:
    """On one line, and its provenance as words; both empty when nothing is known."""

    text: str = ""
    origin: str = ""


def letter_address(contract: Contract) -> LetterAddress:
    """As written for this contract; else the head office; else the sheet of the directory; else another establishment."""
    if contract.holder_address:
        return LetterAddress(contract.holder_address, "écrite pour ce contrat")
    known = postal_address(contract.holder)
    if known is not None and known.is_head_office:
        return LetterAddress(known.text, f"siège, SIRET {known.siret}")
    of_sheet = _of_sheet(contract)
    if of_sheet is not None:
        return of_sheet
    if known is None:
        return LetterAddress()
    return LetterAddress(known.text, f"établissement SIRET {known.siret}, siège non connu : vérifiez-la")


def write_address(*, by: User, contract: Contract, text: str) -> Contract:
    """The address the letters of this contract bear from now on; empty: the one that is known."""
    with transaction.atomic():
        own = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        own.holder_address = " ".join(text.split())
        own.save(update_fields=["holder_address"])
        audit.record(
            by=by.as_actor(), verb="execution.write_address", object_type="contract", object_key=str(own.pk),
            details={"is_empty": not own.holder_address},
        )  # fmt: skip
    return own


def _of_sheet(contract: Contract) -> LetterAddress | None:
    """Of a sheet that is shown, the one that says a street; its source with the day it was last seen there."""
    if not contract.holder.siren:
        return None
    found = (
        Supplier.objects.filter(siren=contract.holder.siren, is_listed=True)
        .exclude(address="")
        .select_related("commune")
        .order_by("pk")
        .first()
    )
    if found is None:
        return None
    said = next((one for one in provenance_of(found.pk) if one.group == "address" and one.is_published), None)
    source = f" ({said.source_label}, vu le {said.seen_on:%d/%m/%Y})" if said else ""
    town = found.commune.name if found.commune else found.city
    text = on_one_line(found.address, found.postal_code, town)
    place = f"annuaire, SIRET {found.siret}" if found.siret else "annuaire"
    return LetterAddress(text, f"{place}{source} : vérifiez que c’est le siège")
