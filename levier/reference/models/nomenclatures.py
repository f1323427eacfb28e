"""Nomenclatures (CPV, NAF), our purchase sectors with their crosswalks, examples of needs with their CPV."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5, Now


class CpvCode(models.Model):
    """A code of the Common Procurement Vocabulary (2008), eight digits without the check digit."""

    code = models.CharField("code", max_length=8, primary_key=True)
    label = models.CharField("libellé", max_length=500)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField(
        "niveau", help_text="1 division, 2 groupe, 3 classe, 4 catégorie, puis 5 à 7"
    )

    class Meta:
        verbose_name = "code CPV"
        verbose_name_plural = "codes CPV"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{8}$"), name="reference_cpv_code_has_8_digits"
            ),
            models.CheckConstraint(condition=Q(level__range=(1, 7)), name="reference_cpv_level_1_to_7"),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
                name="reference_cpv_only_divisions_are_roots",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class NafCode(models.Model):
    """A code of the French activity nomenclature, without its dot (4334Z), always with its nomenclature.

    From January 2027 SIRENE carries NAF 2025 codes: the code alone does not say which of the two is meant.
    """

    class Nomenclature(models.TextChoices):
        REV2 = "naf_rev2", "NAF rév. 2"
        NAF_2025 = "naf_2025", "NAF 2025"

    nomenclature = models.CharField("nomenclature", max_length=8, choices=Nomenclature)
    code = models.CharField("code", max_length=5)
    label = models.CharField("libellé", max_length=500)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField(
        "niveau", help_text="1 section, 2 division, 3 groupe, 4 classe, 5 sous-classe"
    )

    class Meta:
        verbose_name = "code NAF"
        verbose_name_plural = "codes NAF"
        ordering = ("nomenclature", "level", "code")
        constraints = [
            models.UniqueConstraint(fields=["nomenclature", "code"], name="reference_naf_code_once"),
            models.CheckConstraint(
                condition=Q(nomenclature__in=["naf_rev2", "naf_2025"]),
                name="reference_naf_nomenclature_known",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^([A-Z]|\d{2,4}|\d{4}[A-Z])$"),
                name="reference_naf_code_without_dot",
            ),
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="reference_naf_level_1_to_5"),
        ]

    def __str__(self) -> str:
        return f"{self.dotted} {self.label}"

    @property
    def dotted(self) -> str:
        """The code as INSEE prints it: 43.34Z."""
        return self.code if len(self.code) < 3 else f"{self.code[:2]}.{self.code[2:]}"


class NafLink(models.Model):
    """One line of the correspondence between the two activity nomenclatures; a code may have several."""

    rev2 = models.CharField("NAF rév. 2", max_length=5)
    naf_2025 = models.CharField("NAF 2025", max_length=5)

    class Meta:
        verbose_name = "correspondance NAF"
        verbose_name_plural = "correspondances NAF"
        ordering = ("rev2", "naf_2025")
        constraints = [models.UniqueConstraint(fields=["rev2", "naf_2025"], name="reference_naf_link_once")]
        # From January 2027 one asks what a NAF 2025 code was before.
        indexes = [models.Index(fields=["naf_2025"], name="reference_naf_link_2025")]

    def __str__(self) -> str:
        return f"{self.rev2} → {self.naf_2025}"


class LegalCategory(models.Model):
    """A legal category of SIRENE: four digits and its French name."""

    code = models.CharField("code", max_length=4, primary_key=True)
    label = models.CharField("libellé", max_length=200)

    class Meta:
        verbose_name = "catégorie juridique"
        verbose_name_plural = "catégories juridiques"
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{4}$"), name="reference_legal_four_digits")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class Sector(models.Model):
    """A purchase sector in the buyer's words, on two levels."""

    slug = models.SlugField("identifiant", max_length=80, primary_key=True)
    label = models.CharField("libellé", max_length=150)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    position = models.PositiveSmallIntegerField("rang d’affichage", default=0)

    class Meta:
        verbose_name = "secteur d’achat"
        verbose_name_plural = "secteurs d’achat"
        ordering = ("position", "slug")

    def __str__(self) -> str:
        return self.label


class SectorCpv(models.Model):
    """A CPV prefix that belongs to a sector; the longest prefix wins."""

    sector = models.ForeignKey(Sector, models.CASCADE, related_name="cpv_prefixes")
    cpv_prefix = models.CharField("préfixe CPV", max_length=8)

    class Meta:
        verbose_name = "préfixe CPV d’un secteur"
        verbose_name_plural = "préfixes CPV des secteurs"
        constraints = [
            models.UniqueConstraint(fields=["sector", "cpv_prefix"], name="reference_sector_cpv_once"),
            models.CheckConstraint(
                condition=Q(cpv_prefix__regex=r"^\d{2,8}$"), name="reference_sector_cpv_prefix"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector_id}: {self.cpv_prefix}"


class SectorNaf(models.Model):
    """A NAF prefix (01, 0111, 4334Z) that belongs to a sector, in one nomenclature; the longest wins."""

    sector = models.ForeignKey(Sector, models.CASCADE, related_name="naf_prefixes")
    nomenclature = models.CharField("nomenclature", max_length=8, choices=NafCode.Nomenclature)
    naf_prefix = models.CharField("préfixe NAF", max_length=5)

    class Meta:
        verbose_name = "préfixe NAF d’un secteur"
        verbose_name_plural = "préfixes NAF des secteurs"
        constraints = [
            models.UniqueConstraint(
                fields=["sector", "nomenclature", "naf_prefix"], name="reference_sector_naf_once"
            ),
            models.CheckConstraint(
                condition=Q(nomenclature__in=["naf_rev2", "naf_2025"]),
                name="reference_sector_naf_nomenclature",
            ),
        ]
        indexes = [models.Index(fields=["nomenclature", "naf_prefix"], name="reference_sector_naf_prefix")]

    def __str__(self) -> str:
        return f"{self.sector_id}: {self.naf_prefix} ({self.nomenclature})"


class CpvExample(models.Model):
    """The subject of a real contract with the CPV its buyer chose: what the need reader learns from.

    Pushed from the contracts room, which stands above this one and may not be imported here. `group_key` is a
    hash of the buyer: measures must keep the contracts of one buyer on one side of the split.
    """

    text = models.TextField("objet du marché")
    cpv = models.ForeignKey(CpvCode, models.PROTECT, related_name="examples", verbose_name="code CPV")
    source = models.CharField("source", max_length=50)
    group_key = models.CharField("clé de l’acheteur (hachée)", max_length=64)
    created = models.DateTimeField("enregistré le", db_default=Now(), editable=False)

    class Meta:
        verbose_name = "exemple de besoin codé"
        verbose_name_plural = "exemples de besoins codés"
        constraints = [
            # The text may be long: only its hash fits in a B-tree entry.
            models.UniqueConstraint(
                "source", "group_key", "cpv", MD5("text"), name="reference_cpv_example_once"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="reference_cpv_example_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.cpv_id}: {self.text[:60]}"
