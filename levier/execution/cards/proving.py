"""Whether the address of a person is hers: only then what is confirmed through it is her word, and proves.

The company that declares her hours may neither have given the address by itself nor read it: it would confirm its own figures.
"""

from dataclasses import dataclass

from levier.accounts.models import Membership
from levier.execution.models import AddressCheck, ContractContact, ContractParty, ContractSide, Participant
from levier.execution.people.scope import acting
from levier.execution.policies import FIRM_ROLES

# Domains anybody may have an address at: sharing one says nothing.
PUBLIC_DOMAINS = frozenset((
    "aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.fr", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net", "live.com", "live.fr",
    "me.com", "msn.com", "neuf.fr", "numericable.fr", "orange.fr", "outlook.com", "outlook.fr", "proton.me", "protonmail.com", "sfr.fr",
    "wanadoo.fr", "yahoo.com", "yahoo.fr",
))  # fmt: skip
_UNCHECKED = "Personne n’a vérifié que cette adresse est à elle."


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why an address does not prove, for its structure. `is_final`: no check of this structure lifts it, another address does."""

    sentence: str
    is_final: bool = False


def doubt_of(person: Participant) -> Doubt | None:
    """What forbids to take the address of a person for hers; None: what is confirmed through it proves. Six SQL queries at most."""
    address = person.email.casefold()
    if not address:
        return Doubt("Cette personne n’a pas d’adresse.")
    with acting(followers=[person.follower_id]):
        companies = set(person.entries.order_by().values_list("company", flat=True))
        is_shared = (
            Participant.objects.filter(follower=person.follower_id, email__iexact=address)
            .exclude(pk=person.pk)
            .exists()
        )
    if person.follower_id in companies:
        return Doubt(
            "Votre structure déclare elle-même ses heures : elle ne peut pas dire seule quelle adresse est la sienne.",
            True,
        )
    of_companies = _addresses_of(companies)
    if address in of_companies:
        return Doubt("Cette adresse est celle d’un contact de l’entreprise qui déclare ses heures.", True)
    if Membership.objects.filter(organisation=person.follower_id, user__email__iexact=address).exists():
        return Doubt("Cette adresse est celle d’un membre de votre structure.", True)
    checker = person.email_checked_by_id
    if (
        checker
        and Membership.objects.filter(user=checker, organisation__in=companies, role__in=FIRM_ROLES).exists()
    ):
        return Doubt(
            "Qui a vérifié cette adresse déclare aussi ses heures : un collègue doit la vérifier.", True
        )
    if person.email_check == AddressCheck.SEEN:
        return None
    if is_shared:
        return Doubt(
            "Une autre personne suivie a la même adresse : vérifiez avec elle que cette adresse est à elle seule."
        )
    domain = address.rpartition("@")[2]
    if domain not in PUBLIC_DOMAINS and domain in {one.rpartition("@")[2] for one in of_companies}:
        return Doubt(
            f"Cette adresse est chez l’entreprise qui déclare ses heures ({domain}) : vérifiez-la avec la personne."
        )
    return None if person.email_check else Doubt(_UNCHECKED)


def _addresses_of(companies: set[int]) -> set[str]:
    """The addresses of those who speak for these companies, in small letters."""
    contacts = ContractContact.objects.filter(side=ContractSide.HOLDER, contract__holder__in=companies)
    parties = ContractParty.objects.filter(organisation__in=companies)
    accounts = Membership.objects.filter(organisation__in=companies, role__in=FIRM_ROLES)
    found = (
        contacts.order_by().values_list("email", flat=True),
        parties.order_by().values_list("email", flat=True),
        accounts.order_by().values_list("user__email", flat=True),
    )
    return {one.casefold() for rows in found for one in rows if one}
