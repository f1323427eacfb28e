"""Where a legal unit can be written to, as far as its establishments say."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from levier.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """On one line: « 12 rue des Essais, 59000 Lille », and the SIRET it is of. `is_head_office`: None when not known."""

    text: str
    siret: str
    is_head_office: bool | None


def postal_address(organisation: Organisation) -> PostalAddress | None:
    """Of the head office; else of an establishment that may be it; else of any one at work. None when no street is known."""
    # PostgreSQL puts an unknown one first.
    rank = Case(
        When(is_head_office=True, then=Value(0)), When(is_head_office=None, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip
    found = (
        organisation.establishments.filter(is_active=True)
        .exclude(address="")
        .select_related("commune")
        .order_by(rank, "pk")
        .first()
    )
    if found is None:
        return None
    town = found.commune.name if found.commune else ""
    return PostalAddress(
        on_one_line(found.address, found.postal_code, town), found.siret, found.is_head_office
    )


def on_one_line(street: str, postal_code: str, town: str) -> str:
    """« 12 rue des Essais, 59000 Lille »."""
    return ", ".join(part for part in (street, f"{postal_code} {town}".strip()) if part)
