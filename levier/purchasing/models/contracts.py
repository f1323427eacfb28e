"""Published contracts, their holders, and the history of their imports."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SocialConsideration(models.TextChoices):
    """What the published data say of social considerations; an absent field is UNKNOWN, never NONE."""

    CLAUSE = "clause", "Clause sociale"
    CRITERION = "critere", "Critère social"
    RESERVED = "reserve", "Marché réservé"
    NONE = "aucune", "Pas de considération sociale"
    UNKNOWN = "inconnu", "Non renseigné"


class PlaceKind(models.TextChoices):
    """What the code of the place of performance designates."""

    COMMUNE = "commune", "commune"
    POSTAL_CODE = "code_postal", "code postal"
    ARRONDISSEMENT = "arrondissement", "arrondissement"
    CANTON = "canton", "canton"
    DEPARTEMENT = "departement", "département"
    REGION = "region", "région"
    COUNTRY = "pays", "pays"
    UNKNOWN = "", "non renseigné"


class Contract(models.Model):
    """A contract or a concession as its buyer published it, cleaned; what was strange is in `anomalies`."""

    uid = models.CharField(
        "identifiant unique", max_length=120, unique=True, help_text="SIRET de l’acheteur puis numéro."
    )
    source = models.CharField("source", max_length=60)
    buyer_siret = models.CharField("SIRET de l’acheteur", max_length=14, blank=True)
    buyer_siren = models.CharField("SIREN de l’acheteur", max_length=9, blank=True)
    buyer_name = models.CharField("acheteur", max_length=255, blank=True)
    nature = models.CharField("nature", max_length=60, blank=True)
    object = models.TextField("objet")
    cpv = models.CharField("code CPV", max_length=8, blank=True, help_text="8 chiffres, ou vide si inconnu.")
    procedure = models.CharField("procédure", max_length=120, blank=True)
    place_code = models.CharField("code du lieu d’exécution", max_length=20, blank=True)
    place_kind = models.CharField("nature du lieu", max_length=14, choices=PlaceKind, blank=True)
    departement_code = models.CharField("département d’exécution", max_length=3, blank=True)
    months = models.PositiveSmallIntegerField("durée (mois)", null=True)
    notified_on = models.DateField("notifié ou signé le", null=True)
    published_on = models.DateField("publié le", null=True)
    amount_ht = models.DecimalField(
        "montant HT (€)", max_digits=14, decimal_places=2, null=True, help_text="Vide si non crédible."
    )
    published_amount = models.DecimalField("montant publié", max_digits=20, decimal_places=2, null=True)
    price_form = models.CharField("forme du prix", max_length=60, blank=True)
    modalities = ArrayField(
        models.CharField(max_length=40), default=list, verbose_name="modalités et techniques"
    )
    social_considerations = ArrayField(
        models.CharField(max_length=8, choices=SocialConsideration), verbose_name="considérations sociales"
    )
    considerations_raw = models.TextField("considérations sociales publiées", blank=True)
    anomalies = ArrayField(models.CharField(max_length=40), default=list, verbose_name="anomalies")
    content_hash = models.CharField("empreinte du contenu", max_length=32)
    first_seen = models.DateField("vu la première fois le")
    last_seen = models.DateField("vu la dernière fois le")

    class Meta:
        verbose_name = "marché publié"
        verbose_name_plural = "marchés publiés"
        constraints = [
            models.CheckConstraint(
                condition=Q(cpv="") | Q(cpv__regex=r"^\d{8}$"), name="purchasing_contract_cpv_8_digits"
            ),
            models.CheckConstraint(
                condition=Q(amount_ht=None) | Q(amount_ht__gt=0), name="purchasing_contract_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(social_considerations__len__gt=0)
                & Q(social_considerations__contained_by=[value.value for value in SocialConsideration]),
                name="purchasing_contract_considerations",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer_siren"], name="purchasing_contract_buyer"),
            # « Qui vient de remporter »: the latest of a place, or of everywhere.
            models.Index(fields=["departement_code", "-notified_on"], name="purchasing_contract_place"),
            models.Index(fields=["-notified_on"], name="purchasing_contract_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.object[:80]} ({self.uid})"


class ContractHolder(models.Model):
    """A company (or a co-contractor) that holds a contract."""

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="holders", verbose_name="marché")
    rank = models.PositiveSmallIntegerField("rang")
    siret = models.CharField(
        "identifiant", max_length=40, blank=True, help_text="SIRET, ou autre identifiant."
    )
    id_kind = models.CharField("type d’identifiant", max_length=30, blank=True)
    name = models.CharField("dénomination", max_length=255, blank=True)

    class Meta:
        verbose_name = "titulaire"
        ordering = ("contract", "rank")
        constraints = [
            models.UniqueConstraint(fields=["contract", "rank"], name="purchasing_holder_rank_once"),
        ]
        indexes = [
            # text_pattern_ops: the contracts of a company are found by its SIREN, the first nine digits.
            models.Index(fields=["siret"], name="purchasing_holder_siret", opclasses=["varchar_pattern_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.name or self.siret}"


class ContractRun(models.Model):
    """One import of contracts: what was read, what changed, what was strange."""

    file_name = models.CharField("fichier", max_length=255)
    file_format = models.CharField("format", max_length=20)
    actor_label = models.CharField("lancé par", max_length=120)
    started_at = models.DateTimeField("commencé le")
    finished_at = models.DateTimeField("terminé le", db_default=Now())
    read = models.PositiveIntegerField("lus")
    created = models.PositiveIntegerField("créés")
    updated = models.PositiveIntegerField("modifiés")
    unchanged = models.PositiveIntegerField("inchangés")
    repeated = models.PositiveIntegerField("répétés dans le fichier")
    rejected = models.PositiveIntegerField("rejetés")
    anomalies = models.JSONField("anomalies", default=dict)

    class Meta:
        verbose_name = "import de marchés"
        verbose_name_plural = "imports de marchés"
        ordering = ("-started_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    read=models.F("created")
                    + models.F("updated")
                    + models.F("unchanged")
                    + models.F("repeated")
                    + models.F("rejected")
                ),
                name="purchasing_run_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.started_at:%Y-%m-%d %H:%M})"
