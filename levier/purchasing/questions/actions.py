"""Writes of questions and answers: the desk opened by the buyer, a question asked, drafted, published to all, set aside."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.core import audit, mail, mail_returns
from levier.core.audit import Actor
from levier.purchasing.actions.purchases import locked
from levier.purchasing.errors import RefusedError
from levier.purchasing.measuring import note_drafted_answer
from levier.purchasing.models import (
    BidderQuestion,
    ContactSide,
    Lot,
    Purchase,
    PurchaseState,
    QuestionDesk,
    QuestionFollower,
)
from levier.purchasing.questions import wording
from levier.purchasing.questions.links import address_of
from levier.purchasing.questions.telling import refuse_telling
from levier.purchasing.wording import Letter

LONGEST_QUESTION, LONGEST_ANSWER = 2000, 4000
MOST_WAITING, MOST_FOLLOWERS = 200, 2000


@transaction.atomic
def open_questions(
    *, by: User, purchase: Purchase, questions_until: date, answers_by: date, official_url: str = "",
    offers_until: date | None = None,
) -> QuestionDesk:  # fmt: skip
    """Open the public page of a published consultation, or change its dates. Raises RefusedError."""
    found = locked(purchase)
    if found.state != PurchaseState.PUBLISHED:
        raise RefusedError(
            f"Cet achat est « {found.get_state_display()} » : les questions s’ouvrent une fois la consultation publiée."
        )
    if answers_by < questions_until:
        raise RefusedError("Les réponses se donnent après les questions : vérifiez les deux dates.")
    if offers_until is not None and offers_until < answers_by:
        raise RefusedError("Les offres se remettent après les réponses : vérifiez la date limite des offres.")
    desk, is_new = QuestionDesk.objects.get_or_create(
        purchase=found,
        defaults={
            "questions_until": questions_until, "answers_by": answers_by, "official_url": official_url,
            "offers_until": offers_until, "opened_by": by,
        },
    )  # fmt: skip
    if is_new and questions_until < timezone.localdate():
        raise RefusedError("Le dernier jour des questions est déjà passé.")
    if not is_new:
        if questions_until < desk.questions_until:
            raise RefusedError("Le délai des questions peut s’allonger pour tous, jamais se raccourcir.")
        desk.questions_until, desk.answers_by, desk.official_url = questions_until, answers_by, official_url
        desk.offers_until = offers_until
        desk.save(update_fields=["questions_until", "answers_by", "official_url", "offers_until"])
    _record(by.as_actor(), "open", desk)
    return desk


def _record(by: Actor, what: str, desk: QuestionDesk, **details: object) -> None:
    audit.record(
        by=by,
        verb="purchasing.write_questions",
        object_type="purchase",
        object_key=str(desk.purchase_id),
        details={"what": what, **details},
    )


@transaction.atomic
def ask_question(
    *, by: Actor, desk: QuestionDesk, text: str, lot: Lot | None = None, follow: str = ""
) -> BidderQuestion:
    """One question, kept without who asks. `follow`: an address that wishes the answers, stored apart. Raises RefusedError."""
    found = _locked(desk)
    if not found.takes_questions(timezone.localdate()) or found.purchase.state != PurchaseState.PUBLISHED:
        raise RefusedError("Les questions sont closes pour cette consultation.")
    typed = text.strip()
    if not typed:
        raise RefusedError("Écrivez votre question.")
    if len(typed) > LONGEST_QUESTION:
        raise RefusedError("La question dépasse 2 000 caractères : raccourcissez-la, ou posez-en deux.")
    refuse_telling(typed, who="Retirez-le, puis envoyez de nouveau.")
    if found.questions.waiting().count() >= MOST_WAITING:
        raise RefusedError("Trop de questions attendent déjà : réessayez quand elles auront une réponse.")
    made = BidderQuestion.objects.create(desk=found, lot=lot, original=typed, wording=typed)
    made.desk = found
    contacts = {one.email.lower() for one in found.purchase.contacts.all() if one.email}
    _tell(contacts, wording.asked(made), f"question-{made.pk}-asked")
    # The event names neither an account nor the question: two rows side by side would say who asks.
    _record(by, "ask", found)
    if follow:
        follow_questions(by=by, desk=found, email=follow)
    return made


def _tell(addresses: set[str], letter: Letter, key: str) -> None:
    for address in mail_returns.answering(sorted(addresses)):
        mail.send(to=address, subject=letter.subject, body=letter.body, key=f"{key}-{address}")


@transaction.atomic
def follow_questions(*, by: Actor, desk: QuestionDesk, email: str) -> None:
    """Ask an address to confirm that it follows; a known one is not written to again. Raises RefusedError."""
    if desk.followers.count() >= MOST_FOLLOWERS:
        raise RefusedError("Cette consultation a déjà trop d’abonnés : lisez sa page.")
    follower, is_new = QuestionFollower.objects.get_or_create(desk=desk, email=email.strip().lower())
    if is_new:
        follower.desk = desk
        letter = wording.confirm(follower)
        mail.send(
            to=follower.email, subject=letter.subject, body=letter.body, key=f"follower-{follower.pk}-confirm"
        )
        _record(by, "follow", desk)


@transaction.atomic
def confirm_follower(*, by: Actor, follower: QuestionFollower) -> None:
    """The address confirms. Twice changes nothing."""
    if follower.confirmed_at is None:
        follower.confirmed_at = timezone.now()
        follower.save(update_fields=["confirmed_at"])
        _record(by, "confirm_follower", follower.desk)


@transaction.atomic
def stop_following(*, by: Actor, follower: QuestionFollower) -> None:
    """The address goes, and nothing is kept of it."""
    desk = follower.desk
    follower.delete()
    _record(by, "stop_following", desk)


@transaction.atomic
def draft_answer(
    *, by: User, side: ContactSide, question: BidderQuestion, words: str, answer: str
) -> BidderQuestion:
    """Write the answer, and reword the question if it would tell who asks. Nothing is published. Raises RefusedError."""
    found = _waiting(question)
    _write(found, words, answer)
    found.drafted_by, found.drafted_at = by, timezone.now()
    found.save(update_fields=["wording", "answer", "drafted_by", "drafted_at"])
    if side == ContactSide.FACILITATOR:
        contacts = found.desk.purchase.contacts.filter(side=ContactSide.BUYER)
        addresses = {one.email.lower() for one in contacts if one.email}
        _tell(addresses - {by.email.lower()}, wording.drafted(found), f"question-{found.pk}-drafted")
        note_drafted_answer(by.as_actor(), found)
    _record(by.as_actor(), "draft", found.desk, reworded=found.is_reworded)
    return found


@transaction.atomic
def publish_answer(*, by: User, question: BidderQuestion, words: str, answer: str) -> BidderQuestion:
    """The buyer signs: question and answer go to all at the same moment. The caller checked that `by` buys."""
    found = _waiting(question)
    _write(found, words, answer)
    refuse_telling(found.wording, who="Reformulez-la avant de publier ; l’original reste au dossier.")
    found.published_by, found.published_at = by, timezone.now()
    found.save(update_fields=["wording", "answer", "published_by", "published_at"])
    followers = list(found.desk.followers.filter(confirmed_at__isnull=False).order_by("pk"))
    for follower in followers:
        follower.desk = found.desk
        letter = wording.published(found, follower)
        mail.send(
            to=follower.email, subject=letter.subject, body=letter.body,
            key=f"question-{found.pk}-published-{follower.pk}", unsubscribe=address_of(follower),
        )  # fmt: skip
    _record(by.as_actor(), "publish", found.desk, reworded=found.is_reworded, followers=len(followers))
    return found


@transaction.atomic
def set_question_aside(*, by: User, question: BidderQuestion, reason: str) -> BidderQuestion:
    """Not about the clause, or sent twice: kept with its reason, never published. Raises RefusedError."""
    found = _waiting(question)
    if not reason.strip():
        raise RefusedError("Dites pourquoi la question est écartée : le dossier de l’achat le garde.")
    found.set_aside_at, found.set_aside_reason = timezone.now(), reason.strip()[:500]
    found.save(update_fields=["set_aside_at", "set_aside_reason"])
    _record(by.as_actor(), "set_aside", found.desk)
    return found


def _write(question: BidderQuestion, words: str, answer: str) -> None:
    question.wording, question.answer = words.strip() or question.original, answer.strip()
    if not question.answer:
        raise RefusedError("Écrivez la réponse.")
    if len(question.answer) > LONGEST_ANSWER or len(question.wording) > LONGEST_QUESTION:
        raise RefusedError("Question : 2 000 caractères au plus ; réponse : 4 000 au plus. Raccourcissez.")


def _locked(desk: QuestionDesk) -> QuestionDesk:
    return (
        QuestionDesk.objects.select_for_update(of=("self",))
        .select_related("purchase__organisation", "purchase__facilitator")
        .get(pk=desk.pk)
    )


def _waiting(question: BidderQuestion) -> BidderQuestion:
    """The question under its lock. Raises RefusedError once published or set aside."""
    found = (
        BidderQuestion.objects.select_for_update(of=("self",))
        .select_related("desk__purchase__organisation", "desk__purchase__facilitator")
        .get(pk=question.pk)
    )
    if not found.is_waiting:
        raise RefusedError(
            "Cette question a déjà sa réponse, ou elle est écartée : ce qui est publié ne change plus."
        )
    return found
