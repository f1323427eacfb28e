"""The side of the person: the notice it was given, its card, what it says of its months, what it asks, what it sends.

Row-level security guards the last three as it does `Participant`. Answers are codes: a free text could tell what nobody asked.
No constraint on accounts there: an account that goes could not reach the rows it signed.
"""

from django.db import models
from django.db.models import Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.declarations import DeclarationLine
from levier.execution.models.ledger import LONGEST_MONTH_HOURS
from levier.execution.models.people import Participant
from levier.organisations.models import Organisation


class LegalBasis(models.TextChoices):
    """Why a structure may keep these data (RGPD, art. 6)."""

    PUBLIC = "interet_public", "une mission d’intérêt public (article 6, 1, e du RGPD)"
    LEGITIMATE = "interet_legitime", "notre intérêt légitime à prouver les heures (article 6, 1, f du RGPD)"


class Notice(models.Model):
    """One version of a structure's privacy notice: its parameters, and the very text that was handed over. Never changed; one that was
    handed over stays as long as its delivery.

    `text_version`: of our wording. `body`: plain text, the titles between « ## » and the end of the line.
    """

    follower = models.ForeignKey(
        Organisation, models.CASCADE, related_name="people_notices", verbose_name="structure", db_index=False
    )
    number = models.PositiveSmallIntegerField("version")
    text_version = models.CharField("version du texte", max_length=10)
    contact = models.CharField("à qui s’adresser", max_length=200)
    officer = models.CharField("délégué à la protection des données", max_length=200, blank=True)
    basis = models.CharField("base légale", max_length=16, choices=LegalBasis, default=LegalBasis.PUBLIC)
    body = models.TextField("texte")
    made_at = models.DateTimeField("écrite le", db_default=Now())
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="écrite par")

    class Meta:
        verbose_name = "note d’information"
        verbose_name_plural = "notes d’information"
        ordering = ("follower", "-number")
        constraints = [
            models.UniqueConstraint(fields=["follower", "number"], name="execution_notice_once"),
            models.CheckConstraint(condition=~Q(contact="") & ~Q(body=""), name="execution_notice_complete"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"


class NoticeDelivery(models.Model):
    """Which version a person got, when, how, from whom. One row each time."""

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="notice_deliveries", verbose_name="personne"
    )
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries", verbose_name="note")
    on = models.DateField("remise le")
    way = models.CharField("remise", max_length=8)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="remise par")
    written_at = models.DateTimeField("écrite le", db_default=Now())

    class Meta:
        verbose_name = "remise de la note"
        verbose_name_plural = "remises de la note"
        ordering = ("-on", "-id")

    def __str__(self) -> str:
        return f"remise {self.pk}"


class PersonCard(models.Model):
    """A card that opens a person's own pages: its address is this key, signed, and asks the day of birth. One at a time."""

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="cards", verbose_name="personne"
    )
    made_at = models.DateTimeField("faite le", db_default=Now())
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="faite par")
    expires_on = models.DateField("valable jusqu’au")
    revoked_at = models.DateTimeField("annulée le", null=True)
    wrong_tries = models.PositiveSmallIntegerField("dates fausses", default=0)
    locked_until = models.DateTimeField("fermée jusqu’à", null=True)
    opened_at = models.DateTimeField("ouverte pour la dernière fois le", null=True)

    class Meta:
        verbose_name = "carte de la personne"
        verbose_name_plural = "cartes des personnes"
        ordering = ("-made_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant"], condition=Q(revoked_at=None), name="execution_card_one_in_force"
            )
        ]

    def __str__(self) -> str:
        return f"carte {self.pk}"


class MonthWord(models.TextChoices):
    """What a person says of the hours of a month."""

    CONFIRMED = "confirme", "Confirmées par la personne"
    DISPUTED = "conteste", "Contestées par la personne"


class DisputeReason(models.TextChoices):
    """What is wrong, for the person."""

    FEWER = "moins", "J’ai travaillé moins d’heures"
    MORE = "plus", "J’ai travaillé plus d’heures"
    NEVER = "jamais", "Je n’ai pas travaillé là ce mois-là"
    TALK = "parler", "Je préfère en parler : appelez-moi"


class DisputeAnswer(models.TextChoices):
    """What the facilitator did of it; the words are those that the person reads."""

    CORRECTED = "corrigees", "Les heures sont corrigées."
    STATEMENT = "releve", "Le relevé d’heures signé donne ce nombre : il est gardé."
    INVOICE = "facture", "La facture de l’employeur donne ce nombre : il est gardé."
    PAID_LEAVE = "absences", "Les absences payées ne comptent pas dans ces heures : le nombre est gardé."
    OTHER_PLACE = "ailleurs", "Ces heures comptent sur un autre contrat : le nombre est gardé ici."
    TALKED = "echange", "Nous en avons parlé ensemble : le nombre est gardé."


class MonthAnswer(models.Model):
    """What the person said of a declared line, from its card; a dispute waits for the facilitator until `due_on`."""

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="month_answers", verbose_name="personne"
    )
    follower = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="structure")
    line = models.ForeignKey(
        DeclarationLine, models.PROTECT, related_name="month_answers", verbose_name="ligne"
    )
    word = models.CharField("réponse", max_length=8, choices=MonthWord)
    reason = models.CharField("motif", max_length=6, choices=DisputeReason, blank=True)
    claimed = models.DecimalField("heures dites", max_digits=5, decimal_places=2, null=True)
    said_at = models.DateTimeField("dite le", db_default=Now())
    due_on = models.DateField("à répondre avant le", null=True)
    answer = models.CharField("suite", max_length=9, choices=DisputeAnswer, blank=True)
    answered_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="répondue par", db_index=False,
    )  # fmt: skip
    answered_at = models.DateTimeField("répondue le", null=True)

    class Meta:
        verbose_name = "réponse sur un mois"
        verbose_name_plural = "réponses sur les mois"
        ordering = ("-said_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(word="confirme"), name="execution_month_confirmed_once"
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(word="conteste", answer=""), name="execution_month_one_dispute"
            ),
            models.CheckConstraint(
                condition=Q(word="confirme", reason="", claimed=None, due_on=None, answer="", answered_at=None)
                | Q(word="conteste", due_on__isnull=False) & ~Q(reason="")
                & (Q(answer="", answered_at=None) | ~Q(answer="") & Q(answered_at__isnull=False)),
                name="execution_month_answer",
            ),
            models.CheckConstraint(
                condition=Q(claimed=None) | Q(claimed__gte=0, claimed__lte=LONGEST_MONTH_HOURS),
                name="execution_month_claimed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"réponse {self.pk}"


class RequestKind(models.TextChoices):
    """What a person asks about its data."""

    CORRECTION = "correction", "Corriger une donnée"
    ERASURE = "effacement", "Effacer mes données"


class CorrectedField(models.TextChoices):
    """What may be corrected; the names are those of `Participant`."""

    GIVEN_NAME = "given_name", "Prénom"
    FAMILY_NAME = "family_name", "Nom"
    BIRTH_ON = "birth_on", "Date de naissance"
    EMAIL = "email", "Courriel"


class RequestAnswer(models.TextChoices):
    """What became of it; the words are those that the person reads."""

    DONE = "fait", "C’est fait."
    PROOF = "piece", "Apportez une pièce d’identité : la donnée n’a pas pu être vérifiée."
    RUNNING = "en_cours", "Un contrat court encore : vos heures doivent pouvoir être prouvées jusqu’à sa fin."
    CONTROL = (
        "controle",
        "Un contrôle est en cours sur ces heures : vos données partiront quand il sera fini.",
    )


class PersonRequest(models.Model):
    """A correction proposed, or an erasure asked for. `proposed` is a value of the person: it goes once answered."""

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="requests", verbose_name="personne"
    )
    follower = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="structure")
    kind = models.CharField("demande", max_length=10, choices=RequestKind)
    field = models.CharField("donnée", max_length=11, choices=CorrectedField, blank=True)
    proposed = models.CharField("valeur proposée", max_length=254, blank=True)
    # It came by the link of the person's own mail: an address asked for there is hers.
    is_proved = models.BooleanField("par son propre lien", default=False, db_default=False)
    asked_at = models.DateTimeField("demandée le", db_default=Now())
    due_on = models.DateField("à répondre avant le")
    answer = models.CharField("suite", max_length=8, choices=RequestAnswer, blank=True)
    answered_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="répondue par", db_index=False,
    )  # fmt: skip
    answered_at = models.DateTimeField("répondue le", null=True)

    class Meta:
        verbose_name = "demande d’une personne"
        verbose_name_plural = "demandes des personnes"
        ordering = ("-asked_at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "kind", "field"],
                condition=Q(answer=""),
                name="execution_request_one_open",
            ),
            models.CheckConstraint(
                condition=Q(kind="effacement", field="", proposed="") | Q(kind="correction") & ~Q(field=""),
                name="execution_request_kind",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, proposed=""),
                name="execution_request_answered",
            ),
            models.CheckConstraint(
                condition=~Q(proposed__regex=r"\d{9}"), name="execution_request_no_number"
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.pk}"


class ProofKind(models.TextChoices):
    """What a person may send: nothing that says more than hours or a situation."""

    STATEMENT = "releve", "Relevé d’heures ou planning"
    CONTRACT = "contrat", "Contrat de travail ou de mission"
    SITUATION = "situation", "Attestation de ma situation"


class PersonProof(models.Model):
    """A file the person sent, for the following structure alone. « Vu le…, par… » deletes it (`file` empties) and stays."""

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="proofs", verbose_name="personne"
    )
    follower = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="structure")
    kind = models.CharField("nature", max_length=9, choices=ProofKind)
    file = models.CharField("fichier", max_length=40, blank=True)
    sent_at = models.DateTimeField("envoyée le", db_default=Now())
    seen_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="vue par", db_index=False,
    )  # fmt: skip
    seen_at = models.DateTimeField("vue le", null=True)
    removed_at = models.DateTimeField("retirée sans être vue le", null=True)
    # Whoever opened it found a payslip: it went at once, and the person was told.
    is_payslip = models.BooleanField("était un bulletin de paie", default=False, db_default=False)
    # Its letters could not all be read: nothing tells that it is no payslip, so whoever opens it looks.
    is_unread = models.BooleanField("non lu", default=False, db_default=False)

    class Meta:
        verbose_name = "document envoyé par la personne"
        verbose_name_plural = "documents envoyés par les personnes"
        ordering = ("-sent_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(seen_at=None, removed_at=None) & ~Q(file="")
                | Q(file="", seen_at__isnull=False, removed_at=None)
                | Q(file="", seen_at=None, removed_at__isnull=False),
                name="execution_proof_seen_and_gone",
            )
        ]
        indexes = [Index(fields=["file"], name="execution_proof_file", condition=~Q(file=""))]

    def __str__(self) -> str:
        return f"document {self.pk}"
