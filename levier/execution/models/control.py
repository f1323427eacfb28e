"""Facts of control of a contract: difficulties, globalisation, visits and meetings, complaints, proofs asked for and drawn."""

from datetime import date

from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Contract
from levier.organisations.models import Organisation

_DAYS_IN_WEEK = 7


class DifficultyCause(models.TextChoices):
    """Why the hours do not come."""

    NO_CANDIDATE = "candidats", "Aucune candidature présentée"
    SITE = "chantier", "Chantier ou prestation arrêté, retardé"
    ACTIVITY = "activite", "Moins d’activité que prévu"
    DEPARTURE = "departs", "Départs de personnes en parcours"
    MEANS = "moyens", "Encadrement ou moyens indisponibles"
    OTHER = "autre", "Autre cause"


class DifficultyOutcome(models.TextChoices):
    """What the buyer decides of the clause once a difficulty is told."""

    MAINTAINED = "maintenue", "Clause maintenue"
    ADAPTED = "adaptee", "Clause adaptée"
    SUSPENDED = "suspendue", "Clause suspendue"
    REMOVED = "supprimee", "Clause supprimée"


class DifficultyNotice(models.Model):
    """A difficulty the contractor tells (CCAG 2021, art. 16.1 FCS); the buyer alone says what becomes of the clause.

    `told_by` None: told by a link, without account; `told_by_label` then says by whom. `until_on` None: it lasts.
    """

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="difficulties", verbose_name="contrat"
    )
    cause = models.CharField("cause", max_length=9, choices=DifficultyCause)
    since_on = models.DateField("depuis le")
    until_on = models.DateField("jusqu’au", null=True)
    note = models.TextField("précisions", max_length=2000, blank=True)
    told_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="signalée par"
    )
    told_by_label = models.CharField("signalée par (nom)", max_length=120)
    told_at = models.DateTimeField("signalée le", db_default=Now())
    outcome = models.CharField("suite", max_length=9, choices=DifficultyOutcome, blank=True)
    outcome_note = models.TextField("motif de la suite", max_length=2000, blank=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidée par"
    )
    decided_at = models.DateTimeField("décidée le", null=True)

    class Meta:
        verbose_name = "difficulté signalée"
        verbose_name_plural = "difficultés signalées"
        ordering = ("-told_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_at=None) | ~Q(outcome="") & Q(decided_at__isnull=False),
                name="execution_difficulty_decided",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("since_on")), name="execution_difficulty_dates"
            ),
            models.CheckConstraint(condition=~Q(told_by_label=""), name="execution_difficulty_told_by"),
        ]

    def __str__(self) -> str:
        return f"difficulté {self.pk}"

    @property
    def moves_hours(self) -> bool:
        """Whether what was decided needs an amendment: it alone moves what is due."""
        return self.outcome in (DifficultyOutcome.ADAPTED, DifficultyOutcome.REMOVED)

    def weeks(self, today: date) -> int:
        """Whole weeks it has lasted."""
        return max(0, ((self.until_on or today) - self.since_on).days // _DAYS_IN_WEEK)


class AnswerState(models.TextChoices):
    """A buyer's answer to a globalisation."""

    WAITING = "a_decider", "À décider par l’acheteur"
    ACCEPTED = "acceptee", "Acceptée"
    REFUSED = "refusee", "Refusée"


class GlobalisationRequest(models.Model):
    """A holder asks to carry out the hours of several contracts together; each buyer answers for its own."""

    holder = models.ForeignKey(
        Organisation, models.PROTECT, related_name="globalisations", verbose_name="titulaire"
    )
    note = models.TextField("ce qui est demandé", max_length=2000)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="demandée par"
    )
    asked_at = models.DateTimeField("demandée le", db_default=Now())

    class Meta:
        verbose_name = "demande de globalisation"
        verbose_name_plural = "demandes de globalisation"
        ordering = ("-asked_at", "-id")

    def __str__(self) -> str:
        return f"globalisation {self.pk}"


class GlobalisationAnswer(models.Model):
    """One contract a globalisation covers, and what its buyer says."""

    request = models.ForeignKey(
        GlobalisationRequest, models.CASCADE, related_name="answers", verbose_name="demande"
    )
    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="globalisations", verbose_name="contrat"
    )
    state = models.CharField("réponse", max_length=9, choices=AnswerState, default=AnswerState.WAITING)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidée par"
    )
    decided_at = models.DateTimeField("décidée le", null=True)

    class Meta:
        verbose_name = "réponse à une globalisation"
        verbose_name_plural = "réponses aux globalisations"
        ordering = ("request", "id")
        constraints = [
            models.UniqueConstraint(fields=["request", "contract"], name="execution_globalisation_once"),
            models.CheckConstraint(
                condition=Q(state="a_decider", decided_at=None)
                | Q(state__in=["acceptee", "refusee"], decided_at__isnull=False),
                name="execution_globalisation_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"réponse {self.pk}"


class MeetingKind(models.TextChoices):
    """Why people meet."""

    KICK_OFF = "lancement", "Réunion de lancement"
    FOLLOW = "suivi", "Réunion de suivi"
    DEFAULT = "defaut", "Réunion sur un retard"
    VISIT = "visite", "Visite sur site"


class Presence(models.TextChoices):
    """Whether a side came."""

    PRESENT = "present", "Présent"
    EXCUSED = "excuse", "Excusé"
    ABSENT = "absent", "Absent"


def _presence(label: str) -> models.CharField:
    return models.CharField(label, max_length=7, choices=Presence, blank=True)


class ControlMeeting(models.Model):
    """A meeting or a visit of the site, planned then held: who came, by side, and what was said. No name of a person followed."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="meetings", verbose_name="contrat")
    kind = models.CharField("nature", max_length=9, choices=MeetingKind)
    held_on = models.DateField("date")
    place = models.CharField("lieu", max_length=200, blank=True)
    buyer = _presence("acheteur")
    facilitator = _presence("facilitateur")
    company = _presence("titulaire")
    conclusions = models.TextField("conclusions", max_length=4000, blank=True)
    convened_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="prévue par"
    )
    convened_at = models.DateTimeField("prévue le", db_default=Now())
    noted_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="compte rendu par"
    )
    noted_at = models.DateTimeField("compte rendu le", null=True)

    class Meta:
        verbose_name = "réunion ou visite"
        verbose_name_plural = "réunions et visites"
        ordering = ("-held_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(noted_at=None, buyer="", facilitator="", company="")
                | Q(noted_at__isnull=False) & ~Q(company=""),
                name="execution_meeting_noted",
            )
        ]

    def __str__(self) -> str:
        return f"réunion {self.pk}"


class ComplaintOrigin(models.TextChoices):
    """Who complains."""

    PERSON = "personne", "Une personne en parcours"
    EMPLOYEE = "salarie", "Un autre salarié"
    COMPANY = "entreprise", "L’entreprise"
    BUYER = "acheteur", "L’acheteur"
    OTHER = "autre", "Quelqu’un d’autre"


class Complaint(models.Model):
    """What somebody complains about; read by the following structure alone, since it may tell of people."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="complaints", verbose_name="contrat")
    origin = models.CharField("de qui", max_length=10, choices=ComplaintOrigin)
    received_on = models.DateField("reçue le")
    text = models.TextField("ce qui est dit", max_length=4000)
    answer = models.TextField("ce qui a été fait", max_length=4000, blank=True)
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="notée par")
    noted_at = models.DateTimeField("notée le", db_default=Now())
    closed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="close par"
    )
    closed_at = models.DateTimeField("close le", null=True)

    class Meta:
        verbose_name = "réclamation"
        verbose_name_plural = "réclamations"
        ordering = ("-received_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, answer="") | Q(closed_at__isnull=False) & ~Q(answer=""),
                name="execution_complaint_closed",
            )
        ]

    def __str__(self) -> str:
        return f"réclamation {self.pk}"


class ProofSample(models.Model):
    """Hours drawn at random to be proved: the seed, the weights and the picks, so that anybody can draw them again. Append-only.

    `content`: what `rulebook.sampling` gives, keys of the ledger's lines and never a person.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="samples", verbose_name="contrat")
    seed = models.CharField("graine", max_length=32)
    content = models.JSONField("tirage")
    drawn_by = models.ForeignKey(
        User,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name="tiré par",
        db_index=False,
    )
    drawn_at = models.DateTimeField("tiré le", db_default=Now())

    class Meta:
        verbose_name = "tirage de preuves"
        verbose_name_plural = "tirages de preuves"
        ordering = ("-drawn_at", "-id")

    def __str__(self) -> str:
        return f"tirage {self.pk}"


class EvidenceKind(models.TextChoices):
    """What is asked of the contractor."""

    STATEMENT = "releve", "Relevé d’heures"
    CONTRACT = "contrat", "Contrat de travail ou de mise à disposition"
    CERTIFICATE = "attestation", "Attestation de l’employeur"
    DECLARATION = "declaration", "Déclaration des heures d’une période"
    FINAL = "bilan", "Bilan final"
    OTHER = "autre", "Autre pièce"


class EvidenceRequest(models.Model):
    """A proof asked for, with its deadline; the paper is seen and not kept. `sample`: the draw it comes from."""

    contract = models.ForeignKey(
        Contract, models.PROTECT, related_name="evidence_requests", verbose_name="contrat"
    )
    kind = models.CharField("pièce", max_length=11, choices=EvidenceKind)
    label = models.CharField("précision", max_length=200, blank=True)
    due_on = models.DateField("à remettre avant le")
    sample = models.ForeignKey(
        ProofSample, models.PROTECT, null=True, related_name="requests", verbose_name="tirage"
    )
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="demandée par"
    )
    asked_at = models.DateTimeField("demandée le", db_default=Now())
    received_on = models.DateField("vue le", null=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="vue par")

    class Meta:
        verbose_name = "pièce demandée"
        verbose_name_plural = "pièces demandées"
        ordering = ("due_on", "id")
        indexes = [Index(fields=["due_on"], name="execution_evidence_waiting", condition=Q(received_on=None))]

    def __str__(self) -> str:
        return f"pièce {self.pk}"

    @property
    def what(self) -> str:
        """« Relevé d’heures : mars 2026 »."""
        return f"{self.get_kind_display()} : {self.label}" if self.label else self.get_kind_display()
