"""Equal questions and answers on the clause of a published consultation: who asks is never kept with the question."""

from datetime import date

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.purchasing.models.purchases import Lot, Purchase


class QuestionDesk(models.Model):
    """The page where bidders ask about the insertion clause of one consultation; its buyer opens it.

    `questions_until`, `answers_by` and `offers_until` (None: not said here): last days, included. `official_url`: the
    consultation on the buyer's own platform, where everything else is asked.
    """

    purchase = models.OneToOneField(
        Purchase, models.CASCADE, related_name="question_desk", verbose_name="achat"
    )
    questions_until = models.DateField("questions jusqu’au")
    answers_by = models.DateField("réponses au plus tard le")
    offers_until = models.DateField("offres jusqu’au", null=True, blank=True)
    official_url = models.URLField("adresse de la consultation", max_length=500, blank=True)
    opened_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="ouverte par"
    )
    opened_at = models.DateTimeField("ouverte le", db_default=Now())

    class Meta:
        verbose_name = "guichet des questions"
        verbose_name_plural = "guichets des questions"
        constraints = [
            models.CheckConstraint(
                condition=Q(answers_by__gte=models.F("questions_until")), name="purchasing_desk_dates"
            ),
            models.CheckConstraint(
                condition=Q(offers_until=None) | Q(offers_until__gte=models.F("answers_by")),
                name="purchasing_desk_offers_last",
            ),
        ]

    def __str__(self) -> str:
        return f"guichet des questions {self.pk}"

    def takes_questions(self, on: date) -> bool:
        """Whether a question may be asked that day."""
        return on <= self.questions_until


class BidderQuestionQuerySet(models.QuerySet["BidderQuestion"]):
    def published(self) -> "BidderQuestionQuerySet":
        """What everybody reads, the oldest publication first."""
        return self.filter(published_at__isnull=False).order_by("published_at", "pk")

    def waiting(self) -> "BidderQuestionQuerySet":
        """Neither published nor set aside, the oldest first."""
        return self.filter(published_at=None, set_aside_at=None).order_by("asked_at", "pk")


class BidderQuestion(models.Model):
    """One question. `original` never changes; `wording` is what is published, reworded if it told who asks.

    The row says nothing of who asked: neither name, nor address, nor account.
    """

    desk = models.ForeignKey(QuestionDesk, models.CASCADE, related_name="questions", verbose_name="guichet")
    lot = models.ForeignKey(Lot, models.SET_NULL, null=True, related_name="+", verbose_name="lot")
    original = models.TextField("question d’origine", max_length=2000)
    wording = models.TextField("question publiée", max_length=2000)
    answer = models.TextField("réponse", max_length=4000, blank=True)
    asked_at = models.DateTimeField("posée le", db_default=Now())
    drafted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="rédigée par"
    )
    drafted_at = models.DateTimeField("réponse rédigée le", null=True)
    published_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="signée par"
    )
    published_at = models.DateTimeField("publiée le", null=True)
    set_aside_at = models.DateTimeField("écartée le", null=True)
    set_aside_reason = models.CharField("motif", max_length=500, blank=True)

    objects = BidderQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = "question d’un candidat"
        verbose_name_plural = "questions des candidats"
        ordering = ("asked_at", "id")
        indexes = [
            # What still waits for an answer, in the portfolio.
            Index(
                fields=["desk", "asked_at"],
                condition=Q(published_at=None, set_aside_at=None),
                name="purchasing_question_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(answer="") & ~Q(wording=""),
                name="purchasing_question_answered",
            ),
            models.CheckConstraint(
                condition=Q(set_aside_at=None) | ~Q(set_aside_reason="") & Q(published_at=None),
                name="purchasing_question_aside_why",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    @property
    def is_reworded(self) -> bool:
        """Whether what is published differs from what was typed."""
        return self.wording != self.original

    @property
    def is_waiting(self) -> bool:
        """Neither published nor set aside."""
        return self.published_at is None and self.set_aside_at is None


class QuestionFollower(models.Model):
    """An address that follows the answers of a consultation; shown to nobody, the buyer included."""

    desk = models.ForeignKey(QuestionDesk, models.CASCADE, related_name="followers", verbose_name="guichet")
    email = models.EmailField("courriel")
    # A day only: to the second, it would tell which question came with it.
    asked_on = models.DateField("demandé le", default=timezone.localdate)
    # None until the address confirmed: nobody subscribes somebody else.
    confirmed_at = models.DateTimeField("confirmé le", null=True)

    class Meta:
        verbose_name = "abonné aux réponses"
        verbose_name_plural = "abonnés aux réponses"
        constraints = [
            models.UniqueConstraint(fields=["desk", "email"], name="purchasing_follower_once"),
        ]

    def __str__(self) -> str:
        return f"abonné {self.pk}"
