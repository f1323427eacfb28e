"""Territories: régions, départements, EPCI, communes with their municipal arrondissements."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Region(models.Model):
    """A région; an overseas collectivity stands here under its three-digit code."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)

    class Meta:
        verbose_name = "région"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Departement(models.Model):
    """A département or an overseas collectivity (975, 977, 978, 984, 986 to 989)."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="departements", verbose_name="région")
    is_overseas = models.BooleanField("outre-mer")

    class Meta:
        verbose_name = "département"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Epci(models.Model):
    """A public body for cooperation between communes, with its own tax (not the syndicats)."""

    class Kind(models.TextChoices):
        CC = "CC", "communauté de communes"
        CA = "CA", "communauté d’agglomération"
        CU = "CU", "communauté urbaine"
        METRO = "METRO", "métropole"
        MET69 = "MET69", "métropole de Lyon"

    code = models.CharField("siren", max_length=9, primary_key=True)
    name = models.CharField("nom", max_length=200)
    kind = models.CharField("nature", max_length=5, choices=Kind)
    population = models.PositiveIntegerField("population municipale")

    class Meta:
        verbose_name = "EPCI"
        verbose_name_plural = "EPCI"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{9}$"), name="reference_epci_code_is_siren"),
            models.CheckConstraint(
                condition=Q(kind__in=["CC", "CA", "CU", "METRO", "MET69"]), name="reference_epci_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommuneQuerySet(models.QuerySet["Commune"]):
    def whole(self) -> "CommuneQuerySet":
        """Communes proper, without the arrondissements of Paris, Lyon and Marseille."""
        return self.filter(parent__isnull=True)

    def arrondissements(self) -> "CommuneQuerySet":
        return self.filter(parent__isnull=False)


class Commune(models.Model):
    """A commune, or an arrondissement of Paris, Lyon or Marseille (then `parent` is set).

    SIRENE gives an establishment of Paris the code of its arrondissement (75113), never 75056: both must be
    rows of one table for a foreign key to accept either. Counting people or communes needs `whole()`.
    """

    class Precision(models.TextChoices):
        COMMUNE = "commune", "centre de la commune"
        POSTAL_CODE = "postal_code", "moyenne du code postal"
        EPCI = "epci", "moyenne de l’EPCI"
        DEPARTEMENT = "departement", "moyenne du département"

    class CentreSource(models.TextChoices):
        PACKAGE = "package", "tables livrées avec Levier"
        IMPORT = "import", "centres importés"

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="arrondissements",
        verbose_name="commune entière",
    )
    departement = models.ForeignKey(
        Departement, models.PROTECT, related_name="communes", verbose_name="département"
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="communes", verbose_name="région")
    epci = models.ForeignKey(
        Epci, models.PROTECT, null=True, blank=True, related_name="communes", verbose_name="EPCI"
    )
    postal_codes = ArrayField(
        models.CharField(max_length=5), default=list, blank=True, verbose_name="codes postaux"
    )
    population = models.PositiveIntegerField("population municipale", null=True, blank=True)
    latitude = models.FloatField("latitude (degrés)")
    longitude = models.FloatField("longitude (degrés)")
    precision = models.CharField("précision", max_length=11, choices=Precision)
    centre_source = models.CharField(
        "source du centre", max_length=7, choices=CentreSource, default=CentreSource.PACKAGE
    )
    is_frr = models.BooleanField("en zone France ruralités revitalisation", null=True, blank=True)
    frr_class = models.CharField("classement FRR publié", max_length=50, default="", blank=True)
    has_qpv = models.BooleanField("compte un QPV", null=True, blank=True)
    qpv_codes = ArrayField(
        models.CharField(max_length=8), default=list, blank=True, verbose_name="codes des QPV"
    )

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ("code",)
        indexes = [
            GinIndex(fields=["postal_codes"], name="reference_commune_postal"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^(\d{2}|2[AB])\d{3}$"), name="reference_commune_code_is_insee"
            ),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="reference_commune_centre_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(precision__in=["commune", "postal_code", "epci", "departement"]),
                name="reference_commune_precision_known",
            ),
            models.CheckConstraint(
                condition=Q(centre_source__in=["package", "import"]), name="reference_commune_source_known"
            ),
            models.CheckConstraint(
                condition=Q(has_qpv=True) | Q(qpv_codes=[]), name="reference_commune_qpv_codes_need_qpv"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.departement_id})"


class PriorityDistrict(models.Model):
    """A quartier prioritaire de la politique de la ville: its perimeter, in degrees (WGS84)."""

    code = models.CharField("code", max_length=8, primary_key=True)
    name = models.CharField("nom", max_length=200)
    communes = ArrayField(models.CharField(max_length=5), default=list, verbose_name="communes")
    # [[ring, …], …]: rings of [longitude, latitude]; a point is inside when it crosses an odd number of sides.
    rings = models.JSONField("contours")
    west = models.FloatField("ouest (degrés)")
    south = models.FloatField("sud (degrés)")
    east = models.FloatField("est (degrés)")
    north = models.FloatField("nord (degrés)")

    class Meta:
        verbose_name = "quartier prioritaire"
        verbose_name_plural = "quartiers prioritaires"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^Q[NP][0-9AB]{5}[A-Z0-9]$"), name="reference_district_code"
            ),
            models.CheckConstraint(
                condition=Q(west__range=(-180, 180), east__range=(-180, 180))
                & Q(south__range=(-90, 90), north__range=(-90, 90)),
                name="reference_district_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"
