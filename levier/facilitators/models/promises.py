"""What parties promise in a convention, how it is measured, and the facts that count."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q

from levier.accounts.models import User
from levier.facilitators.models.conventions import Convention, ConventionParty
from levier.facilitators.models.structures import Structure


class Measure(models.TextChoices):
    """What tells whether a commitment is kept."""

    ANSWER_TIME = "delai", "Réponse aux demandes (jours ouvrés au plus)"
    VISITS = "visites", "Visites ou rencontres par an"
    REPORTS = "bilans", "Bilans remis par an"
    STUDIES = "etudes", "Études d’achats remises par an"
    # Nothing here can see it: a person says that it is done, once.
    BY_HAND = "constat", "Fait à une date, constatée ici"
    NONE = "", "Sans mesure"


class Commitment(models.Model):
    """What one party promises. `target`: working days at most for answers, a number a year for the others.

    `due_on`: for what is seen by hand, the last day; who says it is done, and when it was, stand beside.
    """

    convention = models.ForeignKey(
        Convention, models.CASCADE, related_name="commitments", verbose_name="convention"
    )
    party = models.ForeignKey(
        ConventionParty, models.CASCADE, related_name="commitments", verbose_name="partie"
    )
    text = models.CharField("engagement", max_length=400)
    measure = models.CharField("mesure", max_length=7, choices=Measure, blank=True)
    target = models.DecimalField(
        "valeur visée", max_digits=6, decimal_places=1, null=True, validators=[MinValueValidator(Decimal(0))]
    )
    due_on = models.DateField("au plus tard le", null=True)
    done_on = models.DateField("fait le", null=True)
    done_words = models.CharField("ce qui le montre", max_length=200, blank=True, db_default="")
    confirmed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="constaté par"
    )
    confirmed_for = models.CharField("au nom de", max_length=255, blank=True, db_default="")

    class Meta:
        verbose_name = "engagement d’une convention"
        verbose_name_plural = "engagements d’une convention"
        ordering = ("party__position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(measure="", target=None, due_on=None)
                | Q(measure="constat", target=None, due_on__isnull=False)
                | (~Q(measure__in=["", "constat"]) & Q(target__isnull=False, due_on=None)),
                name="facilitators_commitment_target",
            ),
            models.CheckConstraint(
                condition=Q(done_on=None) | (Q(measure="constat") & ~Q(confirmed_for="")),
                name="facilitators_commitment_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"engagement {self.pk}"


class MeasureFact(models.Model):
    """Something that counts for a commitment, pushed by the room that saw it: an answer, a study, a launch meeting.

    `source_key` makes a second push of the same fact harmless. `quantity`: working days for an answer, else how many.
    `is_typed`: nothing here could see it, somebody of the structure wrote it; the page says so. `label` names neither
    the purchase nor anybody: parties of other conventions read it.
    """

    structure = models.ForeignKey(
        Structure, models.CASCADE, related_name="measure_facts", verbose_name="structure"
    )
    buyer_siren = models.CharField("SIREN de l’acheteur", max_length=9, blank=True)
    company_siren = models.CharField("SIREN de l’entreprise", max_length=9, blank=True, db_default="")
    # What was typed on the page of a convention counts for that one alone.
    convention = models.ForeignKey(
        Convention, models.CASCADE, null=True, related_name="facts", verbose_name="convention"
    )
    measure = models.CharField("mesure", max_length=7, choices=Measure)
    happened_on = models.DateField("le")
    quantity = models.DecimalField("quantité", max_digits=8, decimal_places=2, default=1)
    label = models.CharField("ce que c’est", max_length=200)
    source_key = models.CharField("clé du fait", max_length=120, unique=True)
    is_typed = models.BooleanField("saisi à la main", default=False, db_default=False)
    typed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="saisi par")

    class Meta:
        verbose_name = "fait mesuré"
        verbose_name_plural = "faits mesurés"
        ordering = ("-happened_on", "-id")
        constraints = [
            models.CheckConstraint(condition=~Q(measure=""), name="facilitators_fact_measures"),
        ]

    def __str__(self) -> str:
        return f"fait {self.pk}"
