"""What an animation writes of a structure that no list gave, or gave wrongly: what it is, where it is in charge."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import Coverage, Structure
from levier.facilitators.reading import fold_city

SOURCE = "animation"


@dataclass(frozen=True, kw_only=True)
class RegisteredValues:
    """What a list would say of a structure. `coverage`: (scope, code) pairs, at least one."""

    kind: str
    name: str
    coverage: tuple[tuple[str, str], ...]
    siret: str = ""
    has_desk: bool = False
    private_clients: bool = False
    email: str = ""
    phone: str = ""
    city: str = ""


@transaction.atomic
def register_structure(
    *, by: User, values: RegisteredValues, structure: Structure | None = None
) -> Structure:
    """Add a structure, or change what it is and what it covers. Raises RefusedError when another has its name and nature.

    A changed sheet is to be verified again; conventions and requests stand.
    """
    if not values.coverage:
        raise RefusedError("Dites au moins un territoire.")
    name = values.name.strip()
    alike = Structure.objects.filter(kind=values.kind, is_active=True, is_demo=False)
    if structure is not None:
        alike = alike.exclude(pk=structure.pk)
    if any(fold_city(known) == fold_city(name) for known in alike.values_list("name", flat=True)):
        raise RefusedError("Une structure de cette nature porte déjà ce nom : changez son territoire à elle.")
    if structure is None:
        kept = Structure(source=SOURCE, source_key=f"{values.kind}:{fold_city(name)}"[:120])
        if Structure.objects.filter(source=SOURCE, source_key=kept.source_key).exists():
            kept.source_key = f"{kept.source_key[:100]}:{timezone.now():%Y%m%d%H%M%S}"
    else:
        kept = Structure.objects.select_for_update().get(pk=structure.pk)
    for field in ("kind", "siret", "has_desk", "private_clients", "email", "phone", "city"):
        setattr(kept, field, getattr(values, field))
    kept.name, kept.verified_on = name, None
    # A list that says again what it said must not take this for unchanged.
    kept.content_hash = ""
    kept.save()
    kept.coverages.all().delete()
    Coverage.objects.bulk_create(
        Coverage(structure=kept, scope=scope, code=code) for scope, code in values.coverage
    )
    mail_returns.try_again(kept.email)
    audit.record(
        by=by.as_actor(), verb="facilitators.register_structure", object_type="structure",
        object_key=str(kept.pk), details={"is_new": structure is None, "territories": len(values.coverage)},
    )  # fmt: skip
    return kept
