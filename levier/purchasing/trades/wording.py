"""The mails of a consultation of trades, in plain French: the same words for every participant."""

from django.conf import settings
from django.urls import reverse

from levier.core.typography import counted, day
from levier.purchasing.models import TradeConsultation, TradeParty
from levier.purchasing.trades.links import address_of
from levier.purchasing.wording import Letter

SECRECY = (
    "N’écrivez rien qui relève du secret des affaires : prix, marges, clients. "
    "Votre réponse sera lue, avec votre nom, par tous les participants."
)


def shared_text(consultation: TradeConsultation) -> str:
    """What every participant reads, to the letter."""
    lines = [f"{one['label']} : {one['value']}" for one in consultation.shared]
    return "\n".join(
        [consultation.title, *lines] + (["", consultation.message] if consultation.message else [])
    )


def asked(party: TradeParty) -> Letter:
    """The first mail, to somebody the buyer or its facilitator asks."""
    one = party.consultation
    return Letter(
        f"{one.purchase.organisation.name} vous consulte : {one.title}",
        f"""Bonjour,

Avant de publier un marché, {one.purchase.organisation.name} demande aux métiers si les heures d’insertion prévues
sont tenables. Vous répondez pour : {party.name}.

{shared_text(one)}

Pour répondre, sans compte, jusqu’au {day(one.deadline)} inclus :
{address_of(party)}

Tous les participants reçoivent ce même texte et ont le même délai. Personne, l’acheteur compris, ne lit les réponses
avant la fin ; elles sont alors données à tous en même temps. {SECRECY}
Répondre ne donne ni n’ôte aucun avantage dans la consultation à venir.
""",
    )


def door(party: TradeParty) -> Letter:
    """The link of somebody who asked to answer, from the public page."""
    one = party.consultation
    return Letter(
        f"Votre lien pour répondre : {one.title}",
        f"""Bonjour,

Quelqu’un a demandé, avec cette adresse, à répondre à la consultation des métiers de {one.purchase.organisation.name} :

{shared_text(one)}

Pour répondre, sans compte, jusqu’au {day(one.deadline)} inclus :
{address_of(party)}

{SECRECY}
Si ce n’est pas vous, ignorez ce courriel : rien ne sera envoyé d’autre que les réponses publiées.
""",
    )


def reminder(party: TradeParty) -> Letter:
    """Two working days before the end, to whoever has not answered; once."""
    one = party.consultation
    return Letter(
        f"Dernier rappel, réponse jusqu’au {day(one.deadline)} : {one.title}",
        f"""Bonjour,

La consultation des métiers de {one.purchase.organisation.name} se termine le {day(one.deadline)} inclus, et nous n’avons
pas encore de réponse de : {party.name}.

Pour répondre, sans compte :
{address_of(party)}

C’est le seul rappel. Si vous ne souhaitez pas répondre, vous n’avez rien à faire : les réponses vous seront données comme
aux autres participants.
""",
    )


def prolonged(party: TradeParty) -> Letter:
    """The new deadline, the same for all."""
    one = party.consultation
    return Letter(
        f"Délai prolongé jusqu’au {day(one.deadline)} : {one.title}",
        f"""Bonjour,

Le délai de la consultation des métiers de {one.purchase.organisation.name} est prolongé pour tous les participants
jusqu’au {day(one.deadline)} inclus.

Pour répondre, ou changer votre réponse :
{address_of(party)}
""",
    )


def published(party: TradeParty) -> Letter:
    """The answers, to every participant at once."""
    one = party.consultation
    return Letter(
        f"Les réponses des métiers sont publiées : {one.title}",
        f"""Bonjour,

La consultation des métiers de {one.purchase.organisation.name} est terminée. Qui a été sollicité, qui a répondu et ce
que chacun a dit se lisent ici jusqu’au {day(one.links_until)} :
{address_of(party)}

Merci de votre réponse, ou de votre lecture.
""",
    )


def withdrawn(party: TradeParty) -> Letter:
    """The consultation stops without results."""
    one = party.consultation
    return Letter(
        f"Consultation retirée : {one.title}",
        f"""Bonjour,

{one.purchase.organisation.name} retire sa consultation des métiers. Les réponses déjà données ne seront lues par personne.
Motif : {one.withdrawn_reason}
""",
    )


def to_contacts(consultation: TradeConsultation, answers: int, parties: int) -> Letter:
    """The end, to the contacts of the purchase."""
    url = settings.SITE_URL + reverse(
        "purchasing:trade_consultation", args=[consultation.purchase_id, consultation.pk]
    )
    return Letter(
        f"Les métiers ont répondu : {consultation.title}",
        f"""Bonjour,

La consultation des métiers est terminée : {counted(answers, "réponse")} pour {counted(parties, "participant")}. Les réponses viennent
d’être données à tous en même temps.

Les lire :
{url}
""",
    )
