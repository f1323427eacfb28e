"""A buyer's request to the facilitator in charge: who must act, until when, and everything that was said."""

from datetime import date

from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.facilitators.models.people import Animator, Facilitator
from levier.facilitators.models.structures import Structure
from levier.organisations.models import Organisation
from levier.rulebook.working_days import working_days_between


class ReferralState(models.TextChoices):
    """The life of a request."""

    # The clock runs: whoever holds the request owes an answer before the deadline.
    WAITING = "attente", "En attente de réponse"
    # The buyer was asked something: the clock stands still until it replies.
    QUESTION = "question", "Question posée à l’acheteur"
    # The structure (or the animation) takes it in hand.
    ACCEPTED = "acceptee", "Prise en charge"
    # It does not, and says why.
    DECLINED = "declinee", "Déclinée"
    # The buyer says that the answer came by telephone or by mail.
    OUTSIDE = "ailleurs", "Répondue hors de Levier"
    # The buyer no longer needs it.
    WITHDRAWN = "retiree", "Retirée"


class ReferralStage(models.TextChoices):
    """Who holds the request; silence moves it down this list, and never to a neighbour."""

    MAIN = "titulaire", "Facilitateur en charge"
    BACKUP = "remplacant", "Remplaçant de la même structure"
    REGION = "region", "Animation régionale"
    COUNTRY = "pays", "Animation nationale"
    STAFF = "equipe", "Équipe du site"


STRUCTURE_STAGES = (ReferralStage.MAIN, ReferralStage.BACKUP)
ANIMATION_STAGES = (ReferralStage.REGION, ReferralStage.COUNTRY)
OPEN_STATES = (ReferralState.WAITING, ReferralState.QUESTION)


class ReferralRequestQuerySet(models.QuerySet["ReferralRequest"]):
    def open(self) -> "ReferralRequestQuerySet":
        """Somebody still has to act."""
        return self.filter(state__in=OPEN_STATES)

    def late(self, today: date) -> "ReferralRequestQuerySet":
        """Past the deadline, and held by somebody who may still be replaced."""
        return self.filter(state=ReferralState.WAITING, due_on__lt=today).exclude(stage=ReferralStage.STAFF)


class ReferralRequest(models.Model):
    """A request. `need`: [{"label", "value"}], what the buyer agreed to send, copied once.

    `subject_key` and `subject_url` belong to a room above (a purchase, a lot): opaque here.
    `due_on` is the last day included; while a question waits it is empty and `days_left` keeps the rest.
    """

    buyer = models.ForeignKey(
        Organisation, models.PROTECT, related_name="referral_requests", verbose_name="acheteur"
    )
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    structure = models.ForeignKey(
        Structure, models.PROTECT, null=True, related_name="requests", verbose_name="structure en charge"
    )
    person = models.ForeignKey(
        Facilitator, models.SET_NULL, null=True, related_name="requests", verbose_name="facilitateur"
    )
    animator = models.ForeignKey(
        Animator, models.SET_NULL, null=True, related_name="requests", verbose_name="animation"
    )
    reason = models.TextField("pourquoi cette structure")
    subject_label = models.CharField("objet", max_length=160)
    message = models.TextField("message", blank=True, max_length=3000)
    need = models.JSONField("besoin transmis", default=list)
    subject_key = models.CharField("clé du sujet", max_length=80, blank=True)
    subject_url = models.CharField("page du sujet", max_length=300, blank=True)
    place_label = models.CharField("lieu", max_length=120)
    departement_code = models.CharField("département", max_length=3, blank=True)
    region_code = models.CharField("région", max_length=3, blank=True)

    state = models.CharField("état", max_length=9, choices=ReferralState, default=ReferralState.WAITING)
    stage = models.CharField("chez", max_length=10, choices=ReferralStage, default=ReferralStage.MAIN)
    asked_on = models.DateField("demandé le")
    held_since = models.DateField("à ce stade depuis le")
    working_days = models.PositiveSmallIntegerField("délai (jours ouvrés)")
    due_on = models.DateField("réponse attendue le", null=True)
    days_left = models.PositiveSmallIntegerField("jours ouvrés restants", null=True)
    structure_replied_on = models.DateField("première réponse de la structure", null=True)
    structure_reply_days = models.PositiveSmallIntegerField("délai de la structure (jours ouvrés)", null=True)
    closed_at = models.DateTimeField("terminée le", null=True)

    objects = ReferralRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "demande au facilitateur"
        verbose_name_plural = "demandes au facilitateur"
        ordering = ("-asked_on", "-id")
        indexes = [
            # What the clock looks at each morning.
            Index(fields=["due_on"], name="facilitators_request_due", condition=Q(state="attente")),
            Index(fields=["subject_key"], name="facilitators_request_subject", condition=~Q(subject_key="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReferralState]),
                name="facilitators_request_state",
            ),
            models.CheckConstraint(
                condition=Q(state="attente", due_on__isnull=False, days_left=None)
                | Q(state="question", due_on=None, days_left__isnull=False)
                | (~Q(state__in=["attente", "question"]) & Q(due_on=None, days_left=None)),
                name="facilitators_request_clock",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=["titulaire", "remplacant"]) | Q(structure__isnull=False),
                name="facilitators_request_is_held",
            ),
            models.CheckConstraint(
                condition=Q(structure_replied_on=None) | Q(structure_replied_on__gte=F("asked_on")),
                name="facilitators_request_reply_after",
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.state in OPEN_STATES

    @property
    def holder_name(self) -> str:
        """Who must answer, as both sides read it: an organisation, never a person."""
        if self.stage == ReferralStage.STAFF:
            return "L’équipe du site"
        if self.animator is not None:
            return self.animator.organisation.name
        return self.structure.name if self.structure else ""

    def left(self, today: date) -> int | None:
        """Working days before the deadline (0: today is the last), negative when late; None when it stands still."""
        return (
            None if self.due_on is None else working_days_between(today, self.due_on, self.departement_code)
        )


class ReferralMove(models.TextChoices):
    """What happened to a request."""

    ASKED = "demande", "Demande envoyée"
    QUESTION = "question", "Question posée"
    REPLY = "reponse", "Réponse de l’acheteur"
    ACCEPTED = "acceptee", "Prise en charge"
    DECLINED = "declinee", "Déclinée"
    MOVED = "relais", "Délai dépassé : la demande change de mains"
    RAISED = "recours", "Transmise à l’animation par l’acheteur"
    OUTSIDE = "ailleurs", "Réponse reçue hors de Levier"
    WITHDRAWN = "retiree", "Retirée par l’acheteur"


class ReferralEvent(models.Model):
    """One line of the story of a request, readable by both sides. `who`: an organisation, never a person."""

    referral = models.ForeignKey(
        ReferralRequest, models.CASCADE, related_name="events", verbose_name="demande"
    )
    move = models.CharField("geste", max_length=8, choices=ReferralMove)
    who = models.CharField("par", max_length=255)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    text = models.TextField("texte", blank=True, max_length=3000)
    happened_at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "étape d’une demande"
        verbose_name_plural = "étapes d’une demande"
        ordering = ("happened_at", "id")

    def __str__(self) -> str:
        return f"étape {self.pk}"
