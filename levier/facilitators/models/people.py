"""People of the structures, and the organisations that animate a région or the country."""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.facilitators.models.structures import Mission, Structure
from levier.organisations.models import Organisation
from levier.reference.models import Region


class Rank(models.TextChoices):
    """Who answers first inside a structure."""

    MAIN = "principal", "Titulaire"
    BACKUP = "remplacant", "Remplaçant"


class FacilitatorQuerySet(models.QuerySet["Facilitator"]):
    def at_work(self, on: date) -> "FacilitatorQuerySet":
        """Active and not absent that day."""
        away = Q(absent_from__lte=on) & (Q(absent_to=None) | Q(absent_to__gte=on))
        return self.filter(is_active=True).exclude(away)


class Facilitator(models.Model):
    """Somebody who works for a structure. Name and contact are public only when the person ticked them.

    `territories`: « scope:code » of what this person follows; empty: everything its structure covers.
    """

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="people", verbose_name="structure")
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="facilitator_profiles", verbose_name="compte"
    )
    first_name = models.CharField("prénom", max_length=80)
    last_name = models.CharField("nom", max_length=80)
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    is_name_public = models.BooleanField("nom montré au public", default=False, db_default=False)
    is_contact_public = models.BooleanField("coordonnées montrées au public", default=False, db_default=False)
    missions = ArrayField(
        models.CharField(max_length=12, choices=Mission), default=list, db_default=[], verbose_name="missions"
    )
    fte = models.DecimalField(
        "temps consacré (ETP)", max_digits=3, decimal_places=2, null=True,
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(1))],
    )  # fmt: skip
    skills = ArrayField(
        models.CharField(max_length=60), default=list, db_default=[], verbose_name="compétences"
    )
    languages = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], verbose_name="langues"
    )
    employer = models.CharField("employeur, s’il est autre", max_length=255, blank=True, db_default="")
    territories = ArrayField(
        models.CharField(max_length=24), default=list, db_default=[], verbose_name="territoires suivis"
    )
    rank = models.CharField("rang", max_length=10, choices=Rank, default=Rank.MAIN)
    absent_from = models.DateField("absent du", null=True)
    absent_to = models.DateField("absent jusqu’au", null=True)
    is_active = models.BooleanField("en poste", default=True, db_default=True)
    source = models.CharField("source", max_length=40, blank=True, db_default="")
    content_hash = models.CharField("empreinte du contenu", max_length=32, blank=True, db_default="")

    objects = FacilitatorQuerySet.as_manager()

    class Meta:
        verbose_name = "facilitateur"
        ordering = ("rank", "last_name", "first_name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(rank__in=[rank.value for rank in Rank]), name="facilitators_person_rank"
            ),
            models.CheckConstraint(
                condition=Q(fte=None) | Q(fte__gt=0, fte__lte=1), name="facilitators_person_fte"
            ),
            models.CheckConstraint(
                condition=Q(absent_to=None) | Q(absent_from__isnull=False, absent_to__gte=F("absent_from")),
                name="facilitators_person_absence",
            ),
            models.CheckConstraint(
                condition=Q(is_contact_public=False) | Q(is_name_public=True),
                name="facilitators_person_contact_needs_name",
            ),
        ]

    def __str__(self) -> str:
        return f"facilitateur {self.pk}"

    @property
    def full_name(self) -> str:
        """« Prénom Nom », for those who may read it."""
        return f"{self.first_name} {self.last_name}".strip()

    def is_absent(self, on: date) -> bool:
        """Whether this person is away that day."""
        return (
            self.absent_from is not None
            and self.absent_from <= on
            and (self.absent_to is None or on <= self.absent_to)
        )

    def follows(self, areas: set[str]) -> bool:
        """Whether a place inside these « scope:code » is this person's."""
        return not self.territories or bool(areas & set(self.territories))


class AnimatorLevel(models.TextChoices):
    """How far an animation reaches."""

    REGION = "region", "Région"
    COUNTRY = "pays", "France entière"


class AnimatorQuerySet(models.QuerySet["Animator"]):
    def standing(self) -> "AnimatorQuerySet":
        """Named, and not ended."""
        return self.filter(ended_at=None)


class Animator(models.Model):
    """An organisation named by the staff to animate the network of a région, or of the country.

    Its members with the role NETWORK or FACILITATOR act for it.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="facilitator_animations", verbose_name="organisation"
    )
    level = models.CharField("échelle", max_length=6, choices=AnimatorLevel)
    region = models.ForeignKey(Region, models.PROTECT, null=True, related_name="+", verbose_name="région")
    email = models.EmailField("adresse où écrire", blank=True)
    named_at = models.DateTimeField("nommée le", db_default=Now())
    named_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField("terminée le", null=True)

    objects = AnimatorQuerySet.as_manager()

    class Meta:
        verbose_name = "animation du réseau"
        verbose_name_plural = "animations du réseau"
        ordering = ("level", "region_id", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "level", "region"], condition=Q(ended_at=None), nulls_distinct=False,
                name="facilitators_animator_once",
            ),
            models.CheckConstraint(
                condition=Q(level="region", region__isnull=False) | Q(level="pays", region=None),
                name="facilitators_animator_reach",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"animation {self.pk}"

    @property
    def label(self) -> str:
        """« Animation régionale, Bretagne » or « Animation nationale »."""
        return f"Animation régionale, {self.region.name}" if self.region else "Animation nationale"
