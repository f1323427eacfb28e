"""What people keep of the directory: lists of suppliers shared in a team, searches that are watched."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import UniqueConstraint
from django.db.models.functions import Lower, Now

from levier.accounts.models import User
from levier.directory.models.suppliers import Supplier
from levier.organisations.models import Organisation


class SupplierList(models.Model):
    """A list of suppliers that every member of one organisation sees and completes."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="supplier_lists", verbose_name="organisation"
    )
    name = models.CharField("nom", max_length=120)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="créée par"
    )
    created_at = models.DateTimeField("créée le", db_default=Now())

    class Meta:
        verbose_name = "liste de fournisseurs"
        verbose_name_plural = "listes de fournisseurs"
        ordering = ("name", "id")
        constraints = [
            UniqueConstraint("organisation", Lower("name"), name="directory_list_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="directory_list_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ListEntry(models.Model):
    """One supplier in a list, with what the team wrote about it."""

    supplier_list = models.ForeignKey(
        SupplierList, models.CASCADE, related_name="entries", verbose_name="liste"
    )
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="+", verbose_name="fournisseur")
    note = models.CharField("note", max_length=500, blank=True)
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="ajouté par"
    )
    added_at = models.DateTimeField("ajouté le", db_default=Now())

    class Meta:
        verbose_name = "fournisseur d’une liste"
        verbose_name_plural = "fournisseurs d’une liste"
        ordering = ("added_at", "id")
        constraints = [UniqueConstraint(fields=["supplier_list", "supplier"], name="directory_entry_once")]

    def __str__(self) -> str:
        return f"{self.supplier_list} · {self.supplier}"


class SavedSearch(models.Model):
    """A search one person keeps; with an alert, a mail tells once a week who is new in it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="saved_searches", verbose_name="compte")
    name = models.CharField("nom", max_length=200)
    query = models.CharField("adresse", max_length=2_000, help_text="What follows « ? » on the results page.")
    has_alert = models.BooleanField("me prévenir par courriel", default=True)
    known = ArrayField(
        models.BigIntegerField(), default=list, verbose_name="déjà vus", help_text="Ids of suppliers told."
    )
    checked_at = models.DateTimeField("vérifiée le", null=True)
    created_at = models.DateTimeField("enregistrée le", db_default=Now())

    class Meta:
        verbose_name = "recherche enregistrée"
        verbose_name_plural = "recherches enregistrées"
        ordering = ("-created_at", "-id")
        constraints = [UniqueConstraint(fields=["user", "query"], name="directory_search_once")]

    def __str__(self) -> str:
        return self.name
