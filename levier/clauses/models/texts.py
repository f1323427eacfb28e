"""An organisation's own version of our texts."""

from django.db import models
from django.utils import timezone

from levier.accounts.models import User
from levier.organisations.models import Organisation


class TemplateVariantQuerySet(models.QuerySet["TemplateVariant"]):
    def current(self) -> "TemplateVariantQuerySet":
        """The last version of each document, whatever it says."""
        key = ("organisation_id", "lever", "document", "trade")
        return self.order_by(*key, "-version").distinct(*key)

    def of(
        self, organisation: Organisation, lever: str, document: str, trade: str
    ) -> "TemplateVariantQuerySet":
        """Every version of one document, the last first."""
        return self.filter(organisation=organisation, lever=lever, document=document, trade=trade).order_by(
            "-version"
        )


class TemplateVariant(models.Model):
    """One version of a document as an organisation writes it. A version never changes: the next one replaces it.

    `trade` is empty when the text serves every trade. A version `is_house` holds no text: from then on ours serves.
    `based_on_versions` keeps the versions of our texts it was written beside.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="template_variants")
    lever = models.CharField("levier", max_length=40)
    document = models.CharField("document", max_length=20)
    trade = models.CharField("métier", max_length=40, blank=True)
    version = models.PositiveIntegerField("version")
    markdown = models.TextField("texte", blank=True)
    is_house = models.BooleanField("retour au texte de la maison", default=False)
    note = models.CharField("ce qui change", max_length=200, blank=True)
    based_on_versions = models.JSONField("versions de nos textes", default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = TemplateVariantQuerySet.as_manager()

    class Meta:
        constraints = [
            # Also the index of « the last version of a document ».
            models.UniqueConstraint(
                fields=["organisation", "lever", "document", "trade", "version"], name="template_variant_once"
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="template_variant_version"),
            models.CheckConstraint(
                condition=models.Q(is_house=True, markdown="")
                | (models.Q(is_house=False) & ~models.Q(markdown="")),
                name="template_variant_text_or_house",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lever} {self.document} {self.trade or 'tous métiers'}, version {self.version}"
