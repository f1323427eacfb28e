"""Public notices (eForms): calls for tenders and awards, lot by lot, and the history of their imports."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now

from levier.purchasing.models.bidder_questions import QuestionDesk
from levier.purchasing.models.purchases import PurchaseState
from levier.reference.models import Commune

# A call that says no deadline is shown as open this long after its publication.
OPEN_WITHOUT_DEADLINE = timedelta(days=60)


class NoticeForm(models.TextChoices):
    """What a notice is for."""

    CALL = "call", "Avis de marché"
    AWARD = "award", "Avis d’attribution"
    # Says a new deadline and describes nothing: its lot has no number, and is not shown (as a call, while its call is not known).
    CORRECTION = "date", "Rectificatif de date"


class Reservation(models.TextChoices):
    """How a lot is reserved, as its notice says: codes of eForms, or an article quoted in its text."""

    NONE = "", "Ouvert à tous"
    # BT-71 « res-ws », L2113-12 to L2113-14.
    INCLUSIVE = "inclusive", "Réservé au handicap ou à l’insertion"
    # BT-71 « res-pub-ser », L2113-15.
    ESS = "ess", "Réservé à l’économie sociale et solidaire"
    # BT-736: anybody may win, the work is done within sheltered employment.
    EXECUTION = "execution", "Exécution réservée au travail protégé"


class Notice(models.Model):
    """One public notice, as last published. Its contact is what the buyer published, and is forgotten once all is closed.

    `folder`: the procedure (BT-04), the same for a call and its award. `changes`: the notice this one corrects or
    cancels (of a national form, awards too), by its identifier or its number in the official journal. `follows`: of a
    national form, every number it speaks of, known yet or not.
    `is_replaced`: a later notice corrects this one.
    `buyer_siren`: empty when the notice gives no valid number.
    """

    notice_id = models.CharField("identifiant de l’avis", max_length=60, unique=True)
    version = models.PositiveSmallIntegerField("version")
    form = models.CharField("nature", max_length=5, choices=NoticeForm)
    folder = models.CharField("procédure", max_length=60, blank=True)
    publication = models.CharField("numéro au journal officiel", max_length=40, blank=True)
    changes = models.CharField("avis corrigé", max_length=60, blank=True)
    follows = ArrayField(
        models.CharField(max_length=40), default=list, db_default=[], verbose_name="avis dont il parle"
    )
    is_cancelled = models.BooleanField("annulation", default=False)
    is_replaced = models.BooleanField("remplacé", default=False)
    title = models.TextField("objet")
    reference = models.CharField("référence de l’acheteur", max_length=120, blank=True)
    buyer_name = models.CharField("acheteur", max_length=255)
    buyer_siren = models.CharField("SIREN de l’acheteur", max_length=9, blank=True)
    buyer_siret = models.CharField("SIRET de l’acheteur", max_length=14, blank=True)
    contact_name = models.CharField("service à contacter", max_length=160, blank=True)
    contact_phone = models.CharField("téléphone", max_length=40, blank=True)
    contact_email = models.CharField("courriel", max_length=254, blank=True)
    url = models.CharField("adresse de l’avis", max_length=500, blank=True)
    documents_url = models.CharField("adresse des documents", max_length=500, blank=True)
    published_on = models.DateField("publié le")
    source = models.CharField("source", max_length=60)
    is_demo = models.BooleanField("démonstration", default=False)
    content_hash = models.CharField("empreinte du contenu", max_length=32)
    first_seen = models.DateTimeField("vu la première fois le", db_default=Now())

    class Meta:
        verbose_name = "avis de marché"
        verbose_name_plural = "avis de marché"
        constraints = [
            models.CheckConstraint(
                condition=Q(buyer_siret="") | Q(buyer_siret__startswith=F("buyer_siren")),
                name="purchasing_notice_siret_of_siren",
            ),
        ]
        indexes = [
            models.Index(fields=["folder"], name="purchasing_notice_folder"),
            models.Index(fields=["changes"], name="purchasing_notice_changes", condition=~Q(changes="")),
            models.Index(fields=["publication"], name="purchasing_notice_publication"),
            GinIndex(fields=["follows"], name="purchasing_notice_follows"),
        ]

    def __str__(self) -> str:
        return f"{self.title[:80]} ({self.notice_id})"


class NoticeLotQuerySet(models.QuerySet["NoticeLot"]):
    def social(self) -> "NoticeLotQuerySet":
        """Reserved, or with a clause, says its notice as it stands today."""
        return self.filter(
            ~Q(reservation="") | Q(reasons__len__gt=0), notice__is_replaced=False, notice__is_cancelled=False
        )

    def open_at(self, now: datetime) -> "NoticeLotQuerySet":
        """That may still be answered, and that no consultation published here tells already."""
        here = QuestionDesk.objects.filter(
            Q(purchase__title__iexact=OuterRef("notice__title"))
            | Q(purchase__reference__iexact=OuterRef("notice__reference")) & ~Q(purchase__reference="")
            | Q(official_url=OuterRef("notice__documents_url")) & ~Q(official_url=""),
            purchase__state=PurchaseState.PUBLISHED,
            purchase__organisation__siren=OuterRef("notice__buyer_siren"),
        )
        return self.social().filter(
            Q(deadline__gt=now)
            | Q(deadline=None, notice__published_on__gte=(now - OPEN_WITHOUT_DEADLINE).date()),
            ~Exists(here),
            notice__form=NoticeForm.CALL,
            is_closed=False,
        )


class NoticeLot(models.Model):
    """One lot of a notice. Of a call: until when, where, for whom. Of an award: for how much (euros without tax), when.

    `departements`: codes, never empty (the buyer's when the notice says no place). `reserved_kinds` and `reserved_to`:
    as for `OpenLot`. `reasons`: why it is held to carry a clause, each in words with its code or its quotation.
    `is_closed`: awarded or abandoned since, says a later notice.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="lots", verbose_name="avis")
    number = models.CharField("numéro", max_length=40)
    title = models.TextField("intitulé")
    cpv = models.CharField("code CPV", max_length=8, blank=True)
    departements = ArrayField(models.CharField(max_length=3), verbose_name="départements")
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, related_name="+", verbose_name="commune d’exécution"
    )
    has_place = models.BooleanField("lieu dit par l’avis", default=True)
    deadline = models.DateTimeField("à remettre avant le", null=True)
    reservation = models.CharField("réservé", max_length=9, choices=Reservation, blank=True)
    reserved_kinds = ArrayField(models.CharField(max_length=10), default=list, verbose_name="réservé à")
    reserved_to = models.CharField("réservé, en mots", max_length=120, blank=True)
    reasons = ArrayField(models.TextField(), default=list, verbose_name="pourquoi clausé")
    hours = models.DecimalField("heures", max_digits=9, decimal_places=2, null=True)
    is_closed = models.BooleanField("clos", default=False)
    amount_ht = models.DecimalField("montant HT (€)", max_digits=14, decimal_places=2, null=True)
    awarded_on = models.DateField("attribué le", null=True)

    objects = NoticeLotQuerySet.as_manager()

    class Meta:
        verbose_name = "lot d’un avis"
        verbose_name_plural = "lots des avis"
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="purchasing_notice_lot_once"),
            models.CheckConstraint(
                condition=Q(cpv="") | Q(cpv__regex=r"^\d{8}$"), name="purchasing_notice_lot_cpv"
            ),
            models.CheckConstraint(
                condition=Q(departements__len__gt=0), name="purchasing_notice_lot_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(reserved_kinds__len=0, reserved_to="")
                | Q(reserved_kinds__len__gt=0) & ~Q(reserved_to="") & ~Q(reservation=""),
                name="purchasing_notice_lot_reserved_to",
            ),
        ]
        indexes = [
            models.Index(fields=["deadline"], name="purchasing_notice_lot_deadline"),
            models.Index(fields=["-awarded_on"], name="purchasing_notice_lot_awarded"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title[:60]}"


class NoticeWinner(models.Model):
    """A company that won a lot. All is empty of a natural person; the numbers are empty when the notice gives none valid."""

    lot = models.ForeignKey(NoticeLot, models.CASCADE, related_name="winners", verbose_name="lot")
    rank = models.PositiveSmallIntegerField("rang")
    siren = models.CharField("SIREN", max_length=9, blank=True)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    name = models.CharField("dénomination", max_length=255, blank=True)
    phone = models.CharField("téléphone", max_length=40, blank=True)
    email = models.CharField("courriel", max_length=254, blank=True)

    class Meta:
        verbose_name = "attributaire d’un lot"
        verbose_name_plural = "attributaires des lots"
        constraints = [
            models.UniqueConstraint(fields=["lot", "rank"], name="purchasing_notice_winner_once"),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__startswith=F("siren")),
                name="purchasing_winner_siret_of_siren",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.siret


class NoticeRun(models.Model):
    """One import of notices: what was read, what changed. `skipped`: notices of another country, or no call nor award."""

    file_name = models.CharField("fichier", max_length=255)
    actor_label = models.CharField("lancé par", max_length=120)
    started_at = models.DateTimeField("commencé le")
    finished_at = models.DateTimeField("terminé le", db_default=Now())
    # Of a fetch, the day of publication it brought.
    day = models.DateField("jour de parution", null=True)
    read = models.PositiveIntegerField("lus")
    created = models.PositiveIntegerField("créés")
    updated = models.PositiveIntegerField("modifiés")
    unchanged = models.PositiveIntegerField("inchangés")
    skipped = models.PositiveIntegerField("hors sujet")
    rejected = models.PositiveIntegerField("rejetés")

    class Meta:
        verbose_name = "import d’avis"
        verbose_name_plural = "imports d’avis"
        ordering = ("-started_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(read=F("created") + F("updated") + F("unchanged") + F("skipped") + F("rejected")),
                name="purchasing_notice_run_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.started_at:%Y-%m-%d %H:%M})"
