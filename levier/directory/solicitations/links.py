"""The signed address at the foot and in the headers of a mail: it says to whom, about what, for which sheet."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import Http404
from django.urls import reverse

from levier.directory.models import SolicitationRefusal, Supplier
from levier.directory.solicitations.addresses import SALT as OLDER_SALT
from levier.organisations.models import Organisation

_SALT = "levier.directory.solicitations"
_NOT_WHOLE = "Ce lien n’est pas entier : copiez-le jusqu’au bout."
FOOT = """
Pour ne plus recevoir ces courriels, ou aucun de ceux que Levier vous envoie sans que vous l’ayez demandé :
{link}
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a link speaks for: the address that received the mail, its topic, the sheet and the network it named."""

    address: str
    topic: SolicitationRefusal.Topic
    supplier: Supplier | None = None
    network: Organisation | None = None


def address_of(
    *,
    to: str,
    topic: SolicitationRefusal.Topic,
    supplier_id: int | None = None,
    network_id: int | None = None,
) -> str:
    """The address that stops such mails. Signed and not stored: it must work in years."""
    said = [to.strip().lower(), topic.value, supplier_id]
    signed = signing.dumps([*said, network_id] if network_id else said, salt=_SALT)
    return settings.SITE_URL + reverse("directory:unsubscribe", args=[signed])


def foot(link: str) -> str:
    """The last lines of a mail."""
    return FOOT.format(link=link)


def subject_of(signed: str) -> Subject:
    """What a link was signed for. Raises Http404 for one we did not sign."""
    try:
        address, topic, supplier_id, *rest = signing.loads(signed, salt=_SALT)
        found = SolicitationRefusal.Topic(topic)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404(_NOT_WHOLE) from None
    supplier = Supplier.objects.select_related("merged_into").filter(pk=supplier_id).first()
    if supplier is not None and supplier.merged_into is not None:
        supplier = supplier.merged_into
    network = Organisation.objects.filter(pk=rest[0]).first() if rest else None
    return Subject(str(address), found, supplier, network)


def hash_in_older(signed: str) -> str:
    """The hash in the link of an invitation sent before every refusal had one page. Raises Http404."""
    try:
        found = signing.loads(signed, salt=OLDER_SALT)
    except signing.BadSignature:
        raise Http404(_NOT_WHOLE) from None
    if not isinstance(found, str) or len(found) != 64:
        raise Http404(_NOT_WHOLE)
    return found
