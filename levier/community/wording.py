"""The mails of the room, in plain French text."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from levier.accounts.models import User
from levier.community.models import RegionalPortal
from levier.core import mail


@dataclass(frozen=True)
class Letter:
    """The moment, the subject and the body of one mail."""

    moment: str
    subject: str
    body: str


def tell_staff(portal: RegionalPortal) -> None:
    """Every account of the staff learns that a portal is asked for."""
    link = f"{settings.SITE_URL}{reverse('community:moderation')}"
    body = f"{portal.holder.name} demande un portail : « {portal.title} ».\n\nPour le lire et répondre :\n{link}\n"
    for user in User.objects.filter(is_staff=True, is_active=True).order_by("pk"):
        mail.send(
            to=user.email, subject=f"Portail demandé : {portal.title}", body=body,
            key=f"portal-asked-{portal.pk}-{user.pk}",
        )  # fmt: skip


def tell_asker(portal: RegionalPortal, letter: Letter) -> None:
    """Whoever asked for the portal, while the account exists."""
    asker = portal.asked_by
    if asker is not None and asker.is_active:
        key = f"portal-{letter.moment}-{portal.pk}-{portal.updated_at:%Y%m%d%H%M%S}"
        mail.send(to=asker.email, subject=letter.subject, body=letter.body, key=key)


def opened(portal: RegionalPortal) -> Letter:
    """The editors may begin."""
    link = f"{settings.SITE_URL}{reverse('community:portal', args=[portal.pk])}"
    return Letter(
        "opened",
        f"Votre portail est ouvert : {portal.title}",
        f"""Bonjour,

Le portail « {portal.title} » est ouvert en brouillon. Écrivez votre texte, annoncez vos événements, puis
mettez-le en ligne :
{link}

Vos collègues « réseau ou territoire » et « facilitateur » peuvent l’écrire avec vous.
""",
    )


def refused(portal: RegionalPortal) -> Letter:
    """The request is not accepted as it is."""
    return Letter(
        "refused",
        f"Votre demande de portail : {portal.title}",
        f"""Bonjour,

L’équipe n’a pas ouvert le portail « {portal.title} ». Son motif :

{portal.reason}

Vous pouvez en demander un autre qui en tient compte :
{settings.SITE_URL}{reverse("community:ask")}
""",
    )


def suspended(portal: RegionalPortal) -> Letter:
    """The portal is offline."""
    return Letter(
        "suspended",
        f"Votre portail est suspendu : {portal.title}",
        f"""Bonjour,

L’équipe a suspendu le portail « {portal.title} » : il n’est plus visible, ni sa fenêtre de recherche. Son motif :

{portal.reason}

Corrigez-le, puis répondez à l’équipe, qui le remettra en ligne :
{settings.SITE_URL}{reverse("community:portal", args=[portal.pk])}
""",
    )
