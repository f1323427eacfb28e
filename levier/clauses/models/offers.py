"""The offer of insertion of a lot: prepared before publication, handed to the winner at kick-off."""

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
