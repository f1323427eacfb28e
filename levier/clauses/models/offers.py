"""The offer of insertion of a lot: prepared before publication, handed to the winner at kick-off."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.purchasing.models import Lot


class Route(models.TextChoices):
    """Ways of training and supporting somebody into the post."""

    POEI = "poei", "Préparation opérationnelle à l’emploi (POEI)"
    IMMERSION = "pmsmp", "Immersion en entreprise (PMSMP)"
    APPRENTICESHIP = "alternance", "Contrat en alternance"
    GEIQ = "geiq", "Parcours par un GEIQ"
    TUTORING = "tutorat", "Tutorat dans l’équipe"
    FRENCH = "francais", "Français à visée professionnelle"
    MOBILITY = "mobilite", "Aide à la mobilité"


ROUTE_WORDS: dict[Route, str] = {
    Route.POEI: "une formation avant l’embauche, sur ce qui manque pour tenir le poste",
    Route.IMMERSION: "quelques jours chez vous pour se connaître avant de s’engager, sans contrat de travail",
    Route.APPRENTICESHIP: "le métier appris en travaillant, avec un centre de formation",
    Route.GEIQ: "le groupement recrute, forme et met la personne à disposition",
    Route.TUTORING: "quelqu’un de l’équipe accueille, montre et suit",
    Route.FRENCH: "le français utile au poste",
    Route.MOBILITY: "venir travailler : permis, véhicule prêté, transport à la demande",
}


class InsertionOffer(models.Model):
    """What a facilitator can bring to whoever wins the lot. No person is named here.

    `posts`: [{"rome", "label", "people", "hours", "tasks"}]; `suppliers`: ids of the directory;
    `prescribers`: ids of structures of the facilitators' table.
    """

    class State(models.TextChoices):
        # The facilitator writes it.
        DRAFT = "preparation", "En préparation"
        # Ready before publication.
        READY = "prete", "Prête"
        # Given to the holder at kick-off: it does not change any more.
        HANDED = "remise", "Remise au titulaire"

    lot = models.OneToOneField(Lot, models.CASCADE, related_name="insertion_offer", verbose_name="lot")
    state = models.CharField("état", max_length=11, choices=State, default=State.DRAFT)
    posts = models.JSONField("postes", default=list)
    suppliers = ArrayField(models.BigIntegerField(), default=list, verbose_name="fournisseurs")
    prescribers = ArrayField(models.BigIntegerField(), default=list, verbose_name="prescripteurs")
    expected_people = models.PositiveIntegerField("personnes repérées", null=True)
    routes = ArrayField(models.CharField(max_length=12, choices=Route), default=list, verbose_name="parcours")
    routes_note = models.TextField("précisions sur les parcours", max_length=2000, blank=True)
    note = models.TextField("à savoir", max_length=2000, blank=True)
    handed_to = models.CharField("remise à", max_length=200, blank=True)
    handed_on = models.DateField("remise le", null=True)
    handed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="remise par"
    )
    # Given face to face at the launch meeting, which counts for conventions.
    at_launch = models.BooleanField("remise à la réunion de lancement", default=False, db_default=False)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="par")
    created_at = models.DateTimeField("créée le", db_default=Now())
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    class Meta:
        verbose_name = "offre d’insertion"
        verbose_name_plural = "offres d’insertion"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["preparation", "prete"], handed_on=None)
                | Q(state="remise", handed_on__isnull=False) & ~Q(handed_to=""),
                name="clauses_offer_handed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"offre d’insertion {self.pk}"

    @property
    def route_lines(self) -> list[tuple[str, str]]:
        """The routes in words, each with what it is for a company that has never used it."""
        return [(str(Route(one).label), ROUTE_WORDS[Route(one)]) for one in self.routes]

    @property
    def post_hours(self) -> int:
        """The hours its posts carry together."""
        return sum(post["hours"] or 0 for post in self.posts)


class WinnerLinkQuerySet(models.QuerySet["WinnerLink"]):
    def open(self, now: datetime) -> "WinnerLinkQuerySet":
        """Neither revoked nor expired."""
        return self.filter(revoked_at=None, expires_at__gt=now)


class WinnerLink(models.Model):
    """The company that won a lot, and the link by which it alone reads the offer, the hours and whom to call.

    The link is signed and not stored. One open link a lot: a new one closes the last.
    """

    lot = models.ForeignKey(Lot, models.CASCADE, related_name="winner_links", verbose_name="lot")
    company = models.CharField("entreprise", max_length=200)
    email = models.EmailField("courriel")
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="envoyé par")
    sent_at = models.DateTimeField("envoyé le", db_default=Now())
    expires_at = models.DateTimeField("ouvert jusqu’au")
    revoked_at = models.DateTimeField("fermé le", null=True)
    confirmed_at = models.DateTimeField("reçu, dit l’entreprise, le", null=True)

    objects = WinnerLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "lien du titulaire"
        verbose_name_plural = "liens des titulaires"
        ordering = ("-sent_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(revoked_at=None), name="clauses_winner_link_one_open"
            ),
            models.CheckConstraint(condition=~Q(company=""), name="clauses_winner_link_named"),
        ]

    def __str__(self) -> str:
        return f"lien du titulaire {self.pk}"
