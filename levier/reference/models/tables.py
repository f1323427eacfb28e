"""Which version of each reference table the database holds."""

from django.db import models


class ReferenceTable(models.Model):
    """One loaded table: its checksum tells whether the file must be loaded again."""

    name = models.CharField("table", max_length=50, primary_key=True)
    checksum = models.CharField("empreinte SHA-256 du fichier", max_length=64)
    rows = models.PositiveIntegerField("lignes")
    loaded_at = models.DateTimeField("chargée le")
    source = models.CharField("source", max_length=300)
    licence = models.CharField("licence", max_length=100)

    class Meta:
        verbose_name = "table de référence chargée"
        verbose_name_plural = "tables de référence chargées"
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name} ({self.rows} lignes)"
