"""The mails of the marketplace, in plain French text."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from levier.core.typography import day
from levier.organisations.models import Organisation
from levier.purchasing.links import expiry
from levier.purchasing.matching import area_label, is_established, says_it_comes
from levier.purchasing.models import NeedRecipient, NoOutcome, PublishedNeed


@dataclass(frozen=True)
class Letter:
    """Subject and body of one mail."""

    subject: str
    body: str


def _need_lines(need: PublishedNeed) -> str:
    return f"{need.title}\n{need.get_kind_display()} · {area_label(need)} · réponses attendues le {day(need.deadline)}"


def _why_from_elsewhere(recipient: NeedRecipient) -> str:
    """For who does not stand in the area, what brought it the need; empty for the others."""
    need, supplier = recipient.need, recipient.supplier
    if is_established(need, supplier) or not says_it_comes(need, supplier):
        return ""
    return "Vous n’y êtes pas établi, mais votre fiche dit que vous y intervenez pour ce métier.\n"


def request(recipient: NeedRecipient, link: str) -> Letter:
    """The first mail a supplier receives."""
    need = recipient.need
    return Letter(
        f"{need.organisation.name} vous consulte : {need.title}",
        f"""Bonjour,

{need.organisation.name} cherche un fournisseur et pense à {recipient.supplier}.

{_need_lines(need)}
{_why_from_elsewhere(recipient)}
Pour lire le besoin et répondre, sans compte :
{link}

Ce lien est personnel : gardez-le dans votre structure. Il vaut jusqu’au {day(timezone.localtime(expiry(need.deadline)))}.
Votre adresse est celle que publie l’annuaire des fournisseurs inclusifs. Si ce besoin ne vous concerne pas,
répondez « Pas intéressé » : vous ne serez pas relancé.
""",
    )


def reminder(recipient: NeedRecipient, link: str) -> Letter:
    """A reminder, with a link of its own."""
    need = recipient.need
    return Letter(
        f"Rappel : {need.organisation.name} attend votre réponse, {need.title}",
        f"""Bonjour,

{need.organisation.name} n’a pas encore votre réponse :

{_need_lines(need)}

Pour lire le besoin et répondre, sans compte :
{link}

Une réponse négative est utile aussi : elle évite un autre rappel.
""",
    )


def extended(recipient: NeedRecipient) -> Letter:
    """The deadline moved; the link already received stays good."""
    need = recipient.need
    return Letter(
        f"Délai prolongé : {need.title}",
        f"""Bonjour,

{need.organisation.name} prolonge le délai de réponse jusqu’au {day(need.deadline)} :

{_need_lines(need)}

Le lien que vous avez reçu reste valable.
""",
    )


def outcome(recipient: NeedRecipient) -> Letter:
    """How the need ended, for one supplier. The amount is the buyer's: it is not told."""
    need = recipient.need
    if recipient.is_chosen:
        result = "Votre structure est retenue. L’acheteur prend contact avec vous."
    elif need.no_outcome:
        result = f"Aucune des structures consultées n’est retenue. {NoOutcome(need.no_outcome).label}."
    else:
        result = "Une autre structure est retenue."
    note = f"\nUn mot de l’acheteur :\n{need.outcome_note}\n" if need.outcome_note else ""
    return Letter(
        f"Suite donnée : {need.title}",
        f"""Bonjour,

{need.organisation.name} a clos sa consultation « {need.title} ».

{result}
{note}
Merci du temps que vous y avez passé.
""",
    )


def withdrawn(recipient: NeedRecipient) -> Letter:
    """The need was taken back."""
    need = recipient.need
    return Letter(
        f"Besoin retiré : {need.title}",
        f"""Bonjour,

{need.organisation.name} a retiré son besoin « {need.title} ». Vous n’avez plus rien à faire : le lien reçu
ne s’ouvre plus.
""",
    )


def to_moderate(need: PublishedNeed) -> Letter:
    """For the staff. The need itself stays on the site."""
    return Letter(
        "Un besoin attend votre relecture",
        f"""Bonjour,

{need.organisation.name} propose un besoin aux fournisseurs. Il attend votre relecture :
{settings.SITE_URL}{reverse("purchasing:moderation")}
""",
    )


def accepted(need: PublishedNeed, *, mailed: int, others: int) -> Letter:
    """For the buyer whose need was accepted: how many received a mail, and whom it must reach itself."""
    sent = f"envoyé à {mailed} fournisseur{'s' if mailed > 1 else ''}" if mailed else "accepté"
    by_phone = (
        f"{others} autre{'s' if others > 1 else ''}, sans adresse publiée, {'sont' if others > 1 else 'est'} à joindre vous-même.\n"
        if others
        else ""
    )
    return Letter(
        f"Votre besoin est envoyé : {need.title}",
        f"""Bonjour,

Votre besoin « {need.title} » a été relu et {sent}.
{by_phone}Suivez les réponses :
{settings.SITE_URL}{reverse("purchasing:need", args=[need.pk])}
""",
    )


def verified(organisation: Organisation) -> Letter:
    """For the buyers of an organisation the staff has just recognised."""
    return Letter(
        f"{organisation.name} est vérifiée",
        f"""Bonjour,

L’équipe du site a vérifié « {organisation.name} ». Vos prochains besoins partiront aux fournisseurs dès que vous les enverrez :
{settings.SITE_URL}{reverse("purchasing:mine")}
""",
    )


def unverified(organisation: Organisation, reason: str) -> Letter:
    """For the buyers of an organisation that is no longer recognised, with the reason."""
    return Letter(
        f"{organisation.name} n’est plus vérifiée",
        f"""Bonjour,

L’équipe du site a retiré la vérification de « {organisation.name} ». Motif :
{reason}

Vos besoins déjà envoyés suivent leur cours. Les autres seront relus par l’équipe avant de partir.
""",
    )


def refused(need: PublishedNeed) -> Letter:
    """For the buyer whose need was refused, with the reason."""
    return Letter(
        f"Votre besoin est à reprendre : {need.title}",
        f"""Bonjour,

Votre besoin « {need.title} » n’a pas été envoyé. Motif :
{need.refusal}

Il est redevenu un brouillon, que vous pouvez corriger et proposer à nouveau :
{settings.SITE_URL}{reverse("purchasing:need", args=[need.pk])}
""",
    )
