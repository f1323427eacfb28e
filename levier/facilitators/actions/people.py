"""People of the structures, and the organisations the staff names to animate the network."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.facilitators.errors import RefusedError
from levier.facilitators.models import (
    Animator,
    AnimatorLevel,
    Facilitator,
    Mission,
    Rank,
    Structure,
)
from levier.organisations.identifiers import clean_digits
from levier.organisations.models import Organisation
from levier.reference.models import Region

MOST_PEOPLE = 200


@dataclass(frozen=True, kw_only=True)
class PersonValues:
    """One person of a structure. `fte`: 0 to 1; `territories`: « scope:code »; dates included."""

    first_name: str
    last_name: str
    email: str = ""
    phone: str = ""
    is_name_public: bool = False
    is_contact_public: bool = False
    missions: tuple[str, ...] = ()
    fte: Decimal | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    employer: str = ""
    territories: tuple[str, ...] = ()
    rank: str = Rank.MAIN
    absent_from: date | None = None
    absent_to: date | None = None
    is_active: bool = True

    def check(self) -> None:
        """Raises RefusedError with the first thing to correct."""
        if not self.first_name.strip() or not self.last_name.strip():
            raise RefusedError("Donnez le prénom et le nom.")
        if self.is_contact_public and not self.is_name_public:
            raise RefusedError("Pour montrer les coordonnées, montrez aussi le nom.")
        if self.fte is not None and not 0 < self.fte <= 1:
            raise RefusedError("Le temps consacré s’écrit entre 0,01 et 1 ETP.")
        if not set(self.missions) <= set(Mission.values) or self.rank not in Rank.values:
            raise RefusedError("Choisissez les missions et le rang dans la liste.")
        if self.absent_to and (not self.absent_from or self.absent_to < self.absent_from):
            raise RefusedError("La fin de l’absence est avant son début : corrigez l’une des deux dates.")


@transaction.atomic
def save_person(
    *, by: User, structure: Structure, values: PersonValues, person: Facilitator | None = None
) -> Facilitator:
    """Add somebody to a structure, or change what is said of them. Raises RefusedError.

    A person whose address is the one of a member of the structure's organisation gets the account's link.
    """
    values.check()
    if person is None:
        if structure.people.count() >= MOST_PEOPLE:
            raise RefusedError(f"{MOST_PEOPLE} personnes au plus par structure.")
        person = Facilitator(structure=structure)
    for name, value in vars(values).items():
        setattr(person, name, list(value) if isinstance(value, tuple) else value)
    person.user = _member_account(structure, values.email)
    person.save()
    mail_returns.try_again(person.email)
    audit.record(
        by=by.as_actor(), verb="facilitators.save_person", object_type="facilitator",
        object_key=str(person.pk),
    )  # fmt: skip
    return person


def _member_account(structure: Structure, email: str) -> User | None:
    if not email or structure.organisation_id is None:
        return None
    return User.objects.filter(
        email=email.lower(), memberships__organisation_id=structure.organisation_id
    ).first()


@transaction.atomic
def remove_person(*, by: User, person: Facilitator) -> None:
    """Forget somebody of a structure."""
    key = str(person.pk)
    person.delete()
    audit.record(
        by=by.as_actor(), verb="facilitators.remove_person", object_type="facilitator", object_key=key
    )


@transaction.atomic
def name_animator(*, by: User, siren: str, level: str, region_code: str = "", email: str = "") -> Animator:
    """The staff names an organisation of the platform to animate a région or the country. Raises RefusedError."""
    organisation = Organisation.objects.filter(siren=clean_digits(siren)).first()
    if organisation is None or not organisation.memberships.exists():
        raise RefusedError("Aucune organisation de ce SIREN n’a d’espace ici : elle doit d’abord l’ouvrir.")
    if level not in AnimatorLevel.values:
        raise RefusedError("Choisissez l’échelle dans la liste.")
    region = Region.objects.filter(code=region_code).first() if level == AnimatorLevel.REGION else None
    if level == AnimatorLevel.REGION and region is None:
        raise RefusedError("Choisissez la région que cette organisation anime.")
    made, is_new = Animator.objects.get_or_create(
        organisation=organisation, level=level, region=region, ended_at=None,
        defaults={"named_by": by, "email": email.strip()},
    )  # fmt: skip
    if not is_new:
        raise RefusedError("Cette organisation est déjà nommée pour ce territoire.")
    audit.record(
        by=by.as_actor(),
        verb="facilitators.name_animator",
        object_type="animator",
        object_key=str(made.pk),
        details={"level": level, "region": region_code},
    )
    return made


@transaction.atomic
def end_animator(*, by: User, animator: Animator) -> None:
    """The staff ends a mission of animation; what it decided stays."""
    Animator.objects.standing().filter(pk=animator.pk).update(ended_at=timezone.now())
    audit.record(
        by=by.as_actor(), verb="facilitators.end_animator", object_type="animator",
        object_key=str(animator.pk),
    )  # fmt: skip
