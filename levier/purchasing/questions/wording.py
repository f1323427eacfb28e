"""The mails about questions and answers, in plain French."""

from django.conf import settings
from django.urls import reverse

from levier.core.typography import day
from levier.purchasing.models import BidderQuestion, QuestionDesk, QuestionFollower
from levier.purchasing.questions.links import address_of
from levier.purchasing.wording import Letter


def page_url(desk: QuestionDesk) -> str:
    """The public page of a consultation."""
    return settings.SITE_URL + reverse("purchasing:public_consultation", args=[desk.purchase_id])


def confirm(follower: QuestionFollower) -> Letter:
    """To an address that was typed: it follows only once it confirmed."""
    purchase = follower.desk.purchase
    return Letter(
        f"Suivre les réponses : {purchase.title}",
        f"""Bonjour,

Quelqu’un a demandé à recevoir ici les réponses aux questions sur la clause d’insertion de cette consultation :
{purchase.title}, {purchase.organisation.name}.

Pour confirmer :
{address_of(follower)}

Votre adresse n’est montrée à personne, acheteur compris. Si ce n’est pas vous, ignorez ce courriel.
""",
    )


def published(question: BidderQuestion, follower: QuestionFollower) -> Letter:
    """One answer, to every follower at the same moment."""
    desk = question.desk
    return Letter(
        f"Nouvelle réponse : {desk.purchase.title}",
        f"""Bonjour,

Une question et sa réponse viennent d’être publiées pour tous les candidats :

Question : {question.wording}

Réponse : {question.answer}

Toutes les questions et réponses :
{page_url(desk)}

Pour ne plus suivre cette consultation :
{address_of(follower)}
""",
    )


def asked(question: BidderQuestion) -> Letter:
    """A new question, to the contacts of both sides."""
    desk = question.desk
    url = settings.SITE_URL + reverse("purchasing:questions", args=[desk.purchase_id])
    return Letter(
        f"Question d’un candidat : {desk.purchase.title}",
        f"""Bonjour,

Un candidat pose une question sur la clause d’insertion. Qui la pose n’est pas gardé.

{question.original}

Le facilitateur peut rédiger la réponse ; l’acheteur la signe et la publie pour tous, au plus tard le {day(desk.answers_by)} :
{url}
""",
    )


def drafted(question: BidderQuestion) -> Letter:
    """The facilitator's draft waits for the buyer's signature."""
    desk = question.desk
    url = settings.SITE_URL + reverse("purchasing:questions", args=[desk.purchase_id])
    return Letter(
        f"Réponse à signer : {desk.purchase.title}",
        f"""Bonjour,

Le facilitateur a rédigé la réponse à une question d’un candidat. Vous seul pouvez la signer et la publier pour tous,
au plus tard le {day(desk.answers_by)} :
{url}
""",
    )
