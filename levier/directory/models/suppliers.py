"""Sources, what each of them said, and the suppliers that result; a supplier is one SIRET and one kind."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Index, Q, Value
from django.db.models.functions import Now

from levier.directory.kinds import CODES, KINDS
from levier.organisations.models import Establishment, Organisation
from levier.reference.models import Commune


class Source(models.Model):
    """A list of suppliers we read; its row is refreshed from code at each import."""

    slug = models.SlugField("identifiant", max_length=40, primary_key=True)
    label = models.CharField("libellé", max_length=150)
    publisher = models.CharField("producteur", max_length=150, blank=True)
    licence = models.CharField("licence", max_length=150, blank=True)
    url = models.TextField("adresse", blank=True)
    frequency = models.CharField("fréquence", max_length=80, blank=True)
    rank = models.PositiveSmallIntegerField("rang", help_text="The source of lowest rank wins.")
    is_demo = models.BooleanField("démonstration", default=False)
    # Of the last import that was published; null while nothing was.
    last_success = models.DateTimeField("dernier import", null=True)
    # Its records that are not gone were all seen that day, whatever their own ``last_seen``: see seen_on.
    complete_on = models.DateField("dernier fichier complet", null=True)

    class Meta:
        verbose_name = "source"
        ordering = ("rank", "slug")

    def __str__(self) -> str:
        return self.label


class SourceRun(models.Model):
    """One reading of a source: rows created, updated, unchanged and rejected always make the rows read."""

    class State(models.TextChoices):
        # Set by the importer when it starts; a run left in this state was killed.
        RUNNING = "running", "en cours"
        # Set in the transaction that publishes.
        DONE = "done", "terminé"
        # Set after the publication was rolled back; yesterday's directory stays.
        FAILED = "failed", "échoué"

    source = models.ForeignKey(Source, models.CASCADE, related_name="runs", verbose_name="source")
    started_at = models.DateTimeField("début", db_default=Now())
    finished_at = models.DateTimeField("fin", null=True)
    state = models.CharField("état", max_length=10, choices=State, default=State.RUNNING)
    file_name = models.CharField("fichier", max_length=255, blank=True)
    checksum = models.CharField("empreinte SHA-256 du fichier", max_length=64, blank=True)
    by_label = models.CharField("par", max_length=120)
    read = models.PositiveIntegerField("lignes lues", default=0)
    created = models.PositiveIntegerField("créées", default=0)
    updated = models.PositiveIntegerField("modifiées", default=0)
    unchanged = models.PositiveIntegerField("inchangées", default=0)
    rejected = models.PositiveIntegerField("rejetées", default=0)
    gone = models.PositiveIntegerField("disparues", default=0)
    anomalies = models.JSONField("anomalies", default=dict, help_text="French sentence: number of rows.")
    rejects_path = models.TextField("fichier des rejets", blank=True)
    problem = models.TextField("cause de l’échec", blank=True)

    class Meta:
        verbose_name = "import d’une source"
        verbose_name_plural = "imports des sources"
        ordering = ("-started_at", "-id")
        # The last run of each source, for the list of sources.
        indexes = [Index(fields=["source", "-started_at"], name="directory_run_by_source")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["running", "done", "failed"]), name="directory_run_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="done")
                | Q(read=F("created") + F("updated") + F("unchanged") + F("rejected")),
                name="directory_run_drops_no_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.started_at:%Y-%m-%d %H:%M} {self.get_state_display()}"


class Supplier(models.Model):
    """An inclusive supplier as published: one establishment and one kind, merged from its source records.

    Written by the SQL of ``levier/directory/sources`` only (lists, owners, merges); each value's source is in ``origins``.
    """

    class ActivityStatus(models.TextChoices):
        STATED = "stated", "activités déclarées"
        INFERRED = "inferred", "activités déduites"
        UNKNOWN = "unknown", "activités non renseignées"

    class ConventionStatus(models.TextChoices):
        ACTIVE = "active", "convention en cours"
        ENDED = "ended", "convention ancienne"
        UNKNOWN = "unknown", "convention non renseignée"

    class Precision(models.TextChoices):
        ADDRESS = "address", "adresse"
        COMMUNE = "commune", "centre de la commune"
        POSTAL_CODE = "postal_code", "moyenne du code postal"
        EPCI = "epci", "moyenne de l’EPCI"
        DEPARTEMENT = "departement", "moyenne du département"

    key = models.CharField(
        "clé",
        max_length=80,
        help_text="« <siret>:<kind> » or « finess-010008951:ESAT ».",
    )
    kind = models.CharField("type", max_length=10, choices=[(kind.code, kind.name) for kind in KINDS])
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="suppliers", verbose_name="organisation"
    )
    establishment = models.ForeignKey(
        Establishment, models.PROTECT, null=True, related_name="suppliers", verbose_name="établissement"
    )
    siret = models.CharField("SIRET", max_length=14, null=True)
    siren = models.CharField("SIREN", max_length=9, null=True)
    name = models.CharField("raison sociale", max_length=255)
    brand = models.CharField("enseigne", max_length=255, blank=True)
    legal_form = models.CharField("forme juridique", max_length=150, blank=True)
    description = models.TextField("présentation", blank=True)

    address = models.CharField("adresse", max_length=255, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=120, blank=True, help_text="As the source writes it.")
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        null=True,
        related_name="suppliers",
        verbose_name="commune",
        db_index=False,
    )
    # Copied from the commune when the row is published, so that a card or an index row needs no join.
    departement_code = models.CharField("département", max_length=3, blank=True)
    region_code = models.CharField("région", max_length=3, blank=True)
    epci_code = models.CharField("EPCI", max_length=9, blank=True)
    latitude = models.FloatField("latitude (degrés)", null=True)
    longitude = models.FloatField("longitude (degrés)", null=True)
    precision = models.CharField("précision", max_length=11, choices=Precision, blank=True)
    # Both follow from the published place (territory.py, 5_publish_4): null when nothing can say.
    qpv_code = models.CharField(
        "quartier prioritaire", max_length=8, null=True, help_text="Empty when outside all districts."
    )
    is_frr = models.BooleanField("commune classée FRR", null=True)

    naf = models.CharField("NAF", max_length=6, blank=True)
    naf_nomenclature = models.CharField(
        "nomenclature", max_length=10, blank=True, help_text="naf_rev2, naf_2025."
    )
    website = models.CharField("site", max_length=300, blank=True)
    phone = models.CharField("téléphone", max_length=30, blank=True)
    email = models.CharField("courriel", max_length=254, blank=True)

    sectors = ArrayField(models.CharField(max_length=80), default=list, verbose_name="secteurs d’achat")
    activity_status = models.CharField(
        "activités", max_length=8, choices=ActivityStatus, default=ActivityStatus.UNKNOWN
    )
    activity_origin = models.CharField("origine des activités", max_length=200, blank=True)
    activity_confidence = models.FloatField("confiance", null=True, help_text="0 to 1; 1 when stated.")
    convention_status = models.CharField(
        "convention", max_length=7, choices=ConventionStatus, default=ConventionStatus.UNKNOWN
    )
    convention_until = models.DateField("fin de la convention", null=True)
    places = models.PositiveIntegerField("places autorisées", null=True)

    profile = models.JSONField(
        "précisions",
        default=dict,
        help_text="Groups of values without a column: « label:<slug> », offers, references, workforce…",
    )

    origins = models.JSONField("origines", default=dict, help_text="{group or « * »: {source, seen}}")
    is_demo = models.BooleanField("démonstration", default=False)
    # Demonstration suppliers leave the search as soon as a real source is published.
    is_listed = models.BooleanField("dans la recherche", default=True)
    # The supplier that took its records, since they are the same: it stands for it, its address leads there.
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        related_name="merged",
        verbose_name="réuni avec",
        db_index=False,
    )
    first_seen = models.DateField("vu la première fois")
    updated_at = models.DateTimeField("modifié le", db_default=Now())

    class Meta:
        verbose_name = "fournisseur inclusif"
        verbose_name_plural = "fournisseurs inclusifs"
        indexes = [
            # One establishment's kinds: matching a panel or a contract by SIRET.
            Index(fields=["siret"], name="directory_supplier_siret"),
            # A legal unit's suppliers: matching holders of contracts by SIREN.
            Index(fields=["siren"], name="directory_supplier_siren"),
            # Counts and lists by territory.
            Index(fields=["departement_code", "kind"], name="directory_supplier_place"),
            # A commune that would go asks who stands in it.
            Index(fields=["commune"], name="directory_supplier_commune"),
            # Few suppliers are merged into another.
            Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="directory_supplier_merged",
            ),
        ]
        # One index per need: an import fills them all (« unique=True » on a text makes a second one).
        constraints = [
            models.UniqueConstraint(fields=["key"], name="directory_supplier_once"),
            models.CheckConstraint(condition=Q(kind__in=CODES), name="directory_supplier_kind_known"),
            models.CheckConstraint(
                condition=Q(key__regex=r"^[a-z0-9-]+:[A-Z]+$"), name="directory_supplier_key_shape"
            ),
            models.CheckConstraint(
                condition=Q(siret=None) | Q(siret__regex=r"^[0-9]{14}$"),
                name="directory_supplier_siret_digits",
            ),
            models.CheckConstraint(
                condition=Q(siren=None) | Q(siren__regex=r"^[0-9]{9}$"),
                name="directory_supplier_siren_digits",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="directory_supplier_has_a_name"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(is_listed=False), name="directory_supplier_merged_is_hidden"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None, precision="")
                | (Q(latitude__range=(-90, 90), longitude__range=(-180, 180)) & ~Q(precision="")),
                name="directory_supplier_point_whole",
            ),
            models.CheckConstraint(
                condition=Q(activity_status="unknown", sectors=[])
                | (Q(activity_status__in=["stated", "inferred"]) & ~Q(sectors=[])),
                name="directory_supplier_activity_known",
            ),
            models.CheckConstraint(
                condition=Q(activity_confidence=None) | Q(activity_confidence__range=(0, 1)),
                name="directory_supplier_confidence",
            ),
            models.CheckConstraint(
                condition=Q(convention_status__in=["active", "ended", "unknown"]),
                name="directory_supplier_convention",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"

    @property
    def display_name(self) -> str:
        """The brand when there is one, else the legal name, as on its card."""
        return self.brand or self.name


class SourceRecord(models.Model):
    """What one source says of one supplier: the provenance of every value, kept when the source drops it."""

    # Its index is that of the constraint directory_record_once.
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="records", verbose_name="source", db_index=False
    )
    source_key = models.CharField("clé dans la source", max_length=120)
    supplier = models.ForeignKey(
        Supplier, models.SET_NULL, null=True, related_name="records", verbose_name="fournisseur"
    )
    # The key its values give. A record of a supplier merged into another stands on the kept one.
    stated_key = models.CharField("clé donnée", max_length=80, blank=True, db_default="", default="")
    kind = models.CharField("type", max_length=10)
    values = models.JSONField("valeurs", help_text="Groups of fields, without the empty ones.")
    content_hash = models.CharField("empreinte des valeurs", max_length=32)
    row_hash = models.CharField(
        "empreinte de la ligne lue",
        max_length=32,
        blank=True,
        db_default="",
        default="",
        help_text="Of the line with its place and of the rules that judged it: the same line is left alone.",
    )
    anomalies = ArrayField(
        models.TextField(),
        default=list,
        db_default=Value([], output_field=ArrayField(models.TextField())),
        verbose_name="anomalies",
        help_text="What was mended or set aside in it, in French.",
    )
    changed_on = models.DateField(
        "modifiée le", db_default=Now(), help_text="When these values were first read."
    )
    first_seen = models.DateField("vu la première fois")
    # Kept by a trigger (migration 0016), whoever writes.
    since = models.JSONField(
        "valeurs plus récentes", default=dict, db_default=Value({}, output_field=models.JSONField()),
        help_text="{group: day}, for the groups whose value is newer than first_seen.",
    )  # fmt: skip
    last_seen = models.DateField(
        "vu la dernière fois",
        help_text="Written when its line changes or goes; else the source's last whole file counts too.",
    )
    gone_since = models.DateField("disparu depuis", null=True)

    class Meta:
        verbose_name = "fiche d’une source"
        verbose_name_plural = "fiches des sources"
        # The records that go with a supplier when it is merged or separated.
        indexes = [Index(fields=["stated_key"], name="directory_record_stated_key")]
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="directory_record_once"),
            models.CheckConstraint(
                condition=Q(last_seen__gte=F("first_seen")), name="directory_record_seen_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.source_key}"


class SupplierHistory(models.Model):
    """One change of a published supplier, written by a trigger of the database whatever made the change.

    Only fields that changed; of those that may name people (phone, email, contacts) the name, never the value.
    """

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="history", verbose_name="fournisseur")
    at = models.DateTimeField("le", db_default=Now())
    changes = models.JSONField(
        "changements", help_text="{field: [before, after]}; {field: null} when private."
    )

    class Meta:
        verbose_name = "changement d’un fournisseur"
        verbose_name_plural = "changements des fournisseurs"
        ordering = ("-at", "-id")
        # The story of one supplier, on its sheet.
        indexes = [Index(fields=["supplier", "-at"], name="directory_history_of_supplier")]

    def __str__(self) -> str:
        return f"{self.supplier_id} {self.at:%Y-%m-%d %H:%M}"
