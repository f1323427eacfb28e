"""Who is told that a document waits to be read: the networks the structure is near to, else the staff."""

from django.conf import settings
from django.urls import reverse

from levier.accounts.models import Role, User
from levier.core import mail
from levier.directory.models import Claim
from levier.directory.networks.queries import networks_to_ask

_BODY = """Bonjour,

Quelqu’un demande à tenir la fiche de « {supplier} » ({kind}{city}) sur Levier, et a envoyé un justificatif.

Pour le lire et répondre, connectez-vous à cette adresse :
{link}

D’ici là, cette personne n’a aucun droit sur la fiche. Si quelqu’un a déjà répondu, il n’y a rien à faire.
"""


def tell_reviewers(claim: Claim) -> int:
    """One mail to each person who may read this document, once a request. Returns how many."""
    supplier = claim.supplier
    readers = reviewers_of(claim)
    for reader in readers:
        mail.send(
            to=reader.email,
            subject=f"Un justificatif à lire, pour la fiche de {supplier.name}",
            body=_BODY.format(
                supplier=supplier.name,
                kind=supplier.get_kind_display(),
                city=f", {supplier.city}" if supplier.city else "",
                link=settings.SITE_URL + reverse("directory:review", args=[claim.pk]),
            ),
            key=f"claim-document-{claim.pk}-{reader.pk}",
        )
    return len(readers)


def reviewers_of(claim: Claim) -> list[User]:
    """The members of the networks that gather this kind of structure in its territory; the staff when there is none.

    Whoever asks never reads its own document.
    """
    networks = [one.organisation_id for one in networks_to_ask(claim.supplier, ())]
    people = User.objects.filter(is_active=True).exclude(pk=claim.user_id).order_by("pk")
    near = people.filter(memberships__role=Role.NETWORK, memberships__organisation_id__in=networks).distinct()
    return list(near) or list(people.filter(is_staff=True))
