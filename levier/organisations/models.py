"""Legal units and their establishments: the one table every other room points to."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Upper

from levier.reference.models import Commune


class Organisation(models.Model):
    """A legal unit. Demonstration ones carry an impossible SIREN (its key is wrong on purpose)."""

    siren = models.CharField(max_length=9, null=True, help_text="Unknown for a few antennas.")
    name = models.CharField(max_length=255)
    legal_category = models.CharField(max_length=4, blank=True, help_text="INSEE category, four digits.")
    legal_form = models.CharField(max_length=120, blank=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [
            # As a constraint: « unique=True » on a text makes a second index, for searches by beginning.
            models.UniqueConstraint(fields=["siren"], name="organisation_siren_once"),
            models.CheckConstraint(
                condition=Q(siren=None) | Q(siren__regex=r"^[0-9]{9}$"), name="organisation_siren_digits"
            ),
        ]
        indexes = [Index(OpClass(Upper("name"), name="text_pattern_ops"), name="organisation_by_name")]

    def __str__(self) -> str:
        return self.name


class Establishment(models.Model):
    """A place of work of a legal unit, with its address."""

    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="establishments", db_index=False
    )
    siret = models.CharField(max_length=14)
    name = models.CharField(max_length=255, blank=True)
    address = models.CharField(max_length=255, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, related_name="establishments", db_index=False
    )
    naf = models.CharField(max_length=6, blank=True)
    naf_nomenclature = models.CharField(max_length=10, blank=True, help_text="naf_rev2 or naf_2025.")
    is_head_office = models.BooleanField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["siret"], name="establishment_siret_once"),
            models.CheckConstraint(
                condition=Q(siret__regex=r"^[0-9]{14}$"), name="establishment_siret_digits"
            ),
        ]
        # Named here, one each: an import fills these tables, and each index is filled with them.
        indexes = [
            Index(fields=["organisation"], name="establishment_of_organisation"),
            Index(fields=["commune"], name="establishment_in_commune"),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.organisation} ({self.siret})"
