"""Whether a need may leave without being read by the staff first."""

from allauth.account.models import EmailAddress

from levier.accounts.models import User
from levier.directory.ownership.proofs import domain_of_address, is_own_domain
from levier.organisations.models import Organisation
from levier.purchasing.models import VerifiedBuyer


def is_trusted(author: User, organisation: Organisation) -> bool:
    """The organisation was verified, or the author's confirmed address is in a verified organisation's domain.

    Members enter a verified organisation by invitation only: it vouches for all of them. A domain counts only
    when the staff wrote it down as the organisation's own, and the address was confirmed by a code.
    """
    if VerifiedBuyer.objects.filter(organisation=organisation).exists():
        return True
    confirmed = EmailAddress.objects.filter(user=author, verified=True).values_list("email", flat=True)
    domains = {domain for address in confirmed if is_own_domain(domain := domain_of_address(address))}
    return bool(domains) and VerifiedBuyer.objects.filter(mail_domain__in=domains).exists()
