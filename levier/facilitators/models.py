"""Tables of the facilitators room: structures, what they cover, their conventions and programme desks."""

from django.db import models
from django.db.models import Q

from levier.reference.models import Commune


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
    {StructureKind.MISSION_LOCALE, StructureKind.FRANCE_TRAVAIL, StructureKind.CAP_EMPLOI}
)


class Scope(models.TextChoices):
    """The size of a covered territory, from the narrowest."""

    COMMUNE = "commune", "commune"
    EPCI = "epci", "EPCI"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    COUNTRY = "pays", "pays"


class Structure(models.Model):
    """A body a buyer may call, with its public contact (never a person's)."""

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
    source = models.CharField("source", max_length=40)
    source_key = models.CharField("clé dans la source", max_length=120)
    content_hash = models.CharField("empreinte du contenu", max_length=32, blank=True)
    updated_at = models.DateTimeField("modifiée le", auto_now=True)

    class Meta:
        verbose_name = "structure"
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="facilitators_structure_once"),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$"), name="facilitators_structure_siret"
            ),
        ]

    def __str__(self) -> str:
        return self.name


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


class Convention(models.Model):
    """A cooperation agreement between a buyer and a structure."""

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="conventions")
    buyer_siren = models.CharField("SIREN de l’acheteur", max_length=9)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True, blank=True)
    is_lead = models.BooleanField("chef de file des opérations sur plusieurs territoires", default=False)

    class Meta:
        verbose_name = "convention"
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "buyer_siren", "valid_from"], name="facilitators_convention_once"
            ),
            models.CheckConstraint(
                condition=Q(buyer_siren__regex=r"^\d{9}$"), name="facilitators_convention_siren"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="facilitators_convention_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.structure_id} – {self.buyer_siren}"


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
