"""Whether a need may leave without being read by the staff first."""

from allauth.account.models import EmailAddress

from levier.accounts.models import User
from levier.organisations.models import Organisation
from levier.purchasing.models import VerifiedBuyer

# Anybody may have an address there: such a domain vouches for nobody.
PUBLIC_DOMAINS = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr",
        "live.com", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com", "icloud.com", "me.com", "orange.fr",
        "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr", "laposte.net", "bbox.fr", "gmx.fr", "gmx.com",
        "proton.me", "protonmail.com", "aol.com", "numericable.fr", "mailo.com", "exemple.invalid",
    }
)  # fmt: skip


def domain_of(address: str) -> str:
    """« mairie@Ville.fr » → « ville.fr »."""
    return address.rpartition("@")[2].strip().lower()


def is_trusted(author: User, organisation: Organisation) -> bool:
    """The organisation was verified, or the author's confirmed address is in a verified organisation's domain.

    Members enter a verified organisation by invitation only: it vouches for all of them. A domain counts only
    when the staff wrote it down as the organisation's own, and the address was confirmed by a code.
    """
    if VerifiedBuyer.objects.filter(organisation=organisation).exists():
        return True
    confirmed = EmailAddress.objects.filter(user=author, verified=True).values_list("email", flat=True)
    domains = {domain_of(address) for address in confirmed} - PUBLIC_DOMAINS
    return bool(domains) and VerifiedBuyer.objects.filter(mail_domain__in=domains).exists()
