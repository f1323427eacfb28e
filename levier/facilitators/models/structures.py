"""Structures a buyer may call: what they are, what they cover, who has proven to work there, who checked them."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import Role, User
from levier.facilitators.slugs import slug_of
from levier.organisations.models import Organisation
from levier.reference.models import Commune, Departement, Region

if TYPE_CHECKING:
    # Its places load what a command line may do without.
    from levier.reference.areas import Area

# What an animator confirmed is worth a year.
VERIFICATION_LASTS = timedelta(days=365)


_SOURCES = {
    "structures": "liste importée",
    "les-emplois": "les Emplois de l’inclusion",
    "animation": "animation du réseau",
    "demo": "démonstration",
}


class StructureKind(models.TextChoices):
    """What a structure is; the first seven may carry a desk for social clauses."""

    MDE = "mde", "Maison de l’emploi"
    PLIE = "plie", "PLIE"
    EPCI = "epci", "EPCI"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    ASSOCIATION = "association", "Association"
    INTERNAL = "mission_interne", "Mission interne d’un acheteur"
    MISSION_LOCALE = "mission_locale", "Mission locale"
    FRANCE_TRAVAIL = "france_travail", "France Travail"
    CAP_EMPLOI = "cap_emploi", "Cap emploi"
    E2C = "e2c", "École de la deuxième chance"
    EPIDE = "epide", "EPIDE"
    SIAE_NETWORK = "reseau_siae", "Réseau de structures d’insertion"
    CREPI = "crepi", "CREPI"
    FACE = "face", "Club FACE"
    CONSULTANCY = "cabinet", "Cabinet de conseil"


DESK_KINDS = frozenset(
    {
        StructureKind.MDE,
        StructureKind.PLIE,
        StructureKind.EPCI,
        StructureKind.DEPARTEMENT,
        StructureKind.REGION,
        StructureKind.ASSOCIATION,
        StructureKind.INTERNAL,
    }
)


# They send candidates; some hold no desk and calibrate no clause.
PRESCRIBER_KINDS = frozenset(
    {
        StructureKind.MISSION_LOCALE,
        StructureKind.FRANCE_TRAVAIL,
        StructureKind.CAP_EMPLOI,
        StructureKind.E2C,
        StructureKind.EPIDE,
    }
)


class Scope(models.TextChoices):
    """The size of a covered territory, from the narrowest."""

    COMMUNE = "commune", "commune"
    EPCI = "epci", "EPCI"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    COUNTRY = "pays", "pays"


class Mission(models.TextChoices):
    """What a structure or one of its people does for buyers and companies."""

    CALIBRATE = "calibrage", "Calibrer les clauses"
    DRAFT = "redaction", "Aider à rédiger les clauses"
    SOURCE = "sourcing", "Faire connaître les structures d’insertion"
    MATCH = "recrutement", "Présenter des candidats"
    FOLLOW = "suivi", "Suivre et contrôler les heures"
    REPORT = "bilan", "Rendre compte des résultats"
    COMPANIES = "entreprises", "Accompagner les entreprises titulaires"
    TRAIN = "formation", "Former les acheteurs"


class StructureQuerySet(models.QuerySet["Structure"]):
    def of_member(self, user: User) -> "StructureQuerySet":
        """Structures whose proven organisation this account is a facilitator of."""
        return self.filter(
            organisation__memberships__user=user, organisation__memberships__role=Role.FACILITATOR
        ).distinct()

    def in_departement(self, code: str) -> "StructureQuerySet":
        """Whose remit reaches this département, its région's included; not those of the whole country."""
        communes = Commune.objects.filter(departement_id=code)
        regions = Departement.objects.filter(code=code).values("region_id")
        return self._reaching(communes, regions, Departement.objects.filter(code=code).values("code"))

    def in_region(self, code: str) -> "StructureQuerySet":
        """Whose remit reaches this région."""
        communes = Commune.objects.filter(region_id=code)
        inside = Departement.objects.filter(region_id=code).values("code")
        return self._reaching(communes, Region.objects.filter(code=code).values("code"), inside)

    def over(self, area: "Area") -> "StructureQuerySet":
        """Whose remit meets an area: inside it, or around it; not those of the whole country."""
        inside = area.inside()
        return self._reaching(inside, inside.values("region_id"), inside.values("departement_id"))

    def _reaching(
        self,
        communes: models.QuerySet[Commune],
        regions: models.QuerySet[Any],
        departements: models.QuerySet[Any],
    ) -> "StructureQuerySet":
        reaching = Coverage.objects.filter(
            Q(scope=Scope.REGION, code__in=regions)
            | Q(scope=Scope.DEPARTEMENT, code__in=departements)
            | Q(scope=Scope.EPCI, code__in=communes.exclude(epci=None).values("epci_id"))
            | Q(scope=Scope.COMMUNE, code__in=communes.values("code"))
        )
        return self.filter(pk__in=reaching.values("structure_id"))


class Structure(models.Model):
    """A body a buyer may call, with its public contact (never a person's).

    `organisation`: once proven, its members with the role FACILITATOR work for the structure; the role alone,
    which anybody may take by opening an organisation, gives nothing.
    """

    kind = models.CharField("nature", max_length=16, choices=StructureKind)
    name = models.CharField("nom", max_length=255)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    email = models.EmailField("adresse électronique", blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    website = models.URLField("site", blank=True)
    address = models.CharField("adresse", max_length=255, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="facilitator_structures")
    has_desk = models.BooleanField("porte un guichet de la clause sociale")
    private_clients = models.BooleanField("accompagne les acheteurs privés", default=False)
    is_demo = models.BooleanField("démonstration", default=False)
    is_active = models.BooleanField("active", default=True)
    verified_on = models.DateField("vérifiée le", null=True)
    description = models.TextField("ce qu’elle fait", blank=True, max_length=2000, db_default="")
    missions = ArrayField(
        models.CharField(max_length=12, choices=Mission), default=list, db_default=[], verbose_name="missions"
    )
    shows_answer_time = models.BooleanField("publie son délai de réponse", default=False, db_default=False)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, related_name="facilitator_structures",
        verbose_name="organisation",
    )  # fmt: skip
    proven_at = models.DateTimeField("rattachée le", null=True)
    proven_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    source = models.CharField("source", max_length=40)
    source_key = models.CharField("clé dans la source", max_length=120)
    content_hash = models.CharField("empreinte du contenu", max_length=32, blank=True)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    objects = StructureQuerySet.as_manager()

    class Meta:
        verbose_name = "structure"
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="facilitators_structure_once"),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"), name="facilitators_structure_siret"
            ),
            models.CheckConstraint(
                condition=Q(organisation=None) | Q(proven_at__isnull=False),
                name="facilitators_structure_link_is_proven",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source_in_words(self) -> str:
        """Where the sheet comes from, for who reads it."""
        return _SOURCES.get(self.source, self.source)

    @property
    def slug(self) -> str:
        """The end of its address: « 12-maison-de-l-emploi »; the number finds it, the words are for people."""
        return slug_of(self.pk, self.name)

    @property
    def may_be_asked(self) -> bool:
        """Whether a buyer's request is sent to it: a desk or a club of companies, never a prescriber."""
        return self.has_desk or self.kind in {StructureKind.CREPI, StructureKind.FACE}

    def is_verified(self, on: date | None = None) -> bool:
        """Whether an animator confirmed it less than a year ago."""
        day = on or timezone.localdate()
        return self.verified_on is not None and self.verified_on + VERIFICATION_LASTS >= day


class Coverage(models.Model):
    """A territory a structure covers; `is_assumed` when only its seat is known, not its remit."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="coverages")
    scope = models.CharField("échelle", max_length=11, choices=Scope)
    code = models.CharField("code", max_length=9)
    is_assumed = models.BooleanField("déduite du siège", default=False)

    class Meta:
        verbose_name = "territoire couvert"
        verbose_name_plural = "territoires couverts"
        constraints = [
            models.UniqueConstraint(fields=["structure", "scope", "code"], name="facilitators_coverage_once"),
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} : {self.scope} {self.code}"


class ProgrammeDesk(models.Model):
    """The desk a programme (urban renewal, Games, Grand Paris Express…) designates on a territory."""

    programme = models.SlugField("programme", max_length=40)
    structure = models.ForeignKey(Structure, models.CASCADE, related_name="programme_desks")
    scope = models.CharField("échelle", max_length=11, choices=Scope)
    code = models.CharField("code", max_length=9)

    class Meta:
        verbose_name = "guichet de programme"
        verbose_name_plural = "guichets de programme"
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "structure", "scope", "code"], name="facilitators_programme_desk_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} : {self.structure_id}"


class ClaimState(models.TextChoices):
    """The life of « C’est ma structure »."""

    # A member with the role FACILITATOR asked; an animator or the staff reads it.
    WAITING = "attente", "À examiner"
    # Whoever decided has checked that the organisation runs the structure.
    ACCEPTED = "acceptee", "Acceptée"
    REFUSED = "refusee", "Refusée"


class StructureClaim(models.Model):
    """An organisation says that a structure is its own; nothing opens before somebody has checked it."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="claims", verbose_name="structure")
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="structure_claims", verbose_name="organisation"
    )
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    words = models.TextField("ce que dit le demandeur", blank=True, max_length=1000)
    state = models.CharField("état", max_length=8, choices=ClaimState, default=ClaimState.WAITING)
    created_at = models.DateTimeField("demandé le", db_default=Now())
    decided_at = models.DateTimeField("décidé le", null=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    reason = models.TextField("motif", blank=True, max_length=1000)

    class Meta:
        verbose_name = "rattachement demandé"
        verbose_name_plural = "rattachements demandés"
        ordering = ("created_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "organisation"], condition=Q(state="attente"),
                name="facilitators_claim_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ClaimState]), name="facilitators_claim_state"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"rattachement {self.pk}"


class StructureVerification(models.Model):
    """What an animator found when it checked a structure: right, or to be mended, with its words."""

    structure = models.ForeignKey(
        Structure, models.CASCADE, related_name="verifications", verbose_name="structure"
    )
    is_right = models.BooleanField("exacte")
    note = models.TextField("remarque", blank=True, max_length=1000)
    checked_on = models.DateField("vérifiée le")
    checked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    checker_name = models.CharField("vérifiée par", max_length=255)

    class Meta:
        verbose_name = "vérification"
        ordering = ("-checked_on", "-id")

    def __str__(self) -> str:
        return f"vérification {self.pk}"
