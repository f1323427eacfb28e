"""The signed address at the foot and in the headers of a mail: it says to whom, about what, for which sheet."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import Http404
from django.urls import reverse

from levier.directory.models import SolicitationRefusal, Supplier

_SALT = "levier.directory.solicitations"
FOOT = """
Pour ne plus recevoir ces courriels, ou aucun de ceux que Levier vous envoie sans que vous l’ayez demandé :
{link}
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a link speaks for: the address that received the mail, what the mail was about, the sheet it named."""

    address: str
    topic: SolicitationRefusal.Topic
    supplier: Supplier | None = None


def address_of(*, to: str, topic: SolicitationRefusal.Topic, supplier_id: int | None = None) -> str:
    """The address that stops such mails. Signed and not stored: it must work in years."""
    signed = signing.dumps([to.strip().lower(), topic.value, supplier_id], salt=_SALT)
    return settings.SITE_URL + reverse("directory:unsubscribe", args=[signed])


def foot(link: str) -> str:
    """The last lines of a mail."""
    return FOOT.format(link=link)


def subject_of(signed: str) -> Subject:
    """What a link was signed for. Raises Http404 for one we did not sign."""
    try:
        address, topic, supplier_id = signing.loads(signed, salt=_SALT)
        found = SolicitationRefusal.Topic(topic)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404("Ce lien n’est pas entier : copiez-le jusqu’au bout.") from None
    supplier = Supplier.objects.select_related("merged_into").filter(pk=supplier_id).first()
    if supplier is not None and supplier.merged_into is not None:
        supplier = supplier.merged_into
    return Subject(str(address), found, supplier)
