"""The two people of one side of a purchase, written together: neither is anybody's substitute alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from levier.accounts.models import User
from levier.core import audit, mail_returns
from levier.organisations.models import Organisation
from levier.purchasing.actions.purchases import locked
from levier.purchasing.errors import RefusedError
from levier.purchasing.models import ContactRank, ContactSide, Purchase, PurchaseContact


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody to call. With an account its name and address are taken from it where empty."""

    account: User | None = None
    name: str = ""
    function: str = ""
    email: str = ""
    phone: str = ""

    def whole(self) -> "Person":
        """The same, completed from the account."""
        if self.account is None:
            return self
        name = self.name.strip() or self.account.get_full_name() or self.account.email.split("@")[0]
        return Person(
            account=self.account,
            name=name,
            function=self.function,
            email=self.email.strip() or self.account.email,
            phone=self.phone,
        )


@transaction.atomic
def set_contacts(
    *, by: User, purchase: Purchase, side: ContactSide, people: Mapping[ContactRank, Person]
) -> None:
    """Write the contacts of one side; a rank without a person is emptied. Raises RefusedError.

    An account must be of the organisation of that side, and the two must be two different people.
    """
    found = locked(purchase)
    if found.is_over:
        raise RefusedError("L’achat est terminé : ses contacts ne changent plus.")
    whole = {rank: person.whole() for rank, person in people.items()}
    organisation = _organisation_of(found, side)
    for rank, person in whole.items():
        _check(rank, person, organisation)
    _check_different([*whole.values()])
    for rank in ContactRank:
        kept = whole.get(rank)
        if kept is None:
            found.contacts.filter(side=side, rank=rank).delete()
            continue
        PurchaseContact.objects.update_or_create(
            purchase=found,
            side=side,
            rank=rank,
            defaults={
                "account": kept.account,
                "name": kept.name.strip()[:120],
                "function": kept.function.strip()[:120],
                "email": kept.email.strip().lower(),
                "phone": kept.phone.strip()[:30],
            },
        )
        mail_returns.try_again(kept.email)
    audit.record(
        by=by.as_actor(),
        verb="purchasing.set_contacts",
        object_type="purchase",
        object_key=str(found.pk),
        details={"side": str(side), "people": len(whole)},
    )


def _organisation_of(purchase: Purchase, side: ContactSide) -> Organisation:
    if side == ContactSide.BUYER:
        return purchase.organisation
    if purchase.is_draft or purchase.facilitator is None:
        raise RefusedError("Aucune structure n’étudie cet achat : il n’a pas de contact de facilitateur.")
    return purchase.facilitator


def _check(rank: ContactRank, person: Person, organisation: Organisation) -> None:
    label = rank.label.lower()
    if not person.name.strip():
        raise RefusedError(f"Donnez le nom du {label}.")
    if not person.email.strip() and not person.phone.strip():
        raise RefusedError(f"Donnez un courriel ou un téléphone pour le {label}.")
    if person.account and not organisation.memberships.filter(user=person.account).exists():
        raise RefusedError(f"Le compte du {label} n’est pas celui d’un membre de {organisation.name}.")


def _check_different(people: list[Person]) -> None:
    if len(people) < 2:
        return
    first, second = people
    same_account = first.account is not None and first.account == second.account
    same_mail = bool(first.email) and first.email.strip().lower() == second.email.strip().lower()
    same_name = first.name.strip().casefold() == second.name.strip().casefold()
    if same_account or same_mail or same_name:
        raise RefusedError("Le référent et le suppléant doivent être deux personnes différentes.")
