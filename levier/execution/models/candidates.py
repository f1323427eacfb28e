"""Posts of a contract and the people proposed for them: a clock on each stage, no reason anywhere.

Row-level security: the company of the post reads first name and initial; the family name stands in a table of its own, for the prescriber
and the following structure. Dates of stages stay for the statistics once the names are gone.
"""

from django.db import models
from django.db.models import F, Index, Q

from levier.accounts.models import User
from levier.execution.models.contracts import Contract
from levier.execution.models.people import Entry, PostKind
from levier.organisations.models import Organisation
from levier.rulebook.eligibility import EMPLOYERS


class Position(models.Model):
    """Posts a company opens on a contract, with who answers for it, and who does when that one is silent."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="positions", verbose_name="contrat")
    company = models.ForeignKey(
        Organisation, models.PROTECT, related_name="positions", verbose_name="entreprise"
    )
    trade = models.CharField("métier", max_length=120)
    kind = models.CharField("contrat de travail", max_length=10, choices=PostKind)
    employer_kind = models.CharField("type d’employeur", max_length=8, choices=list(EMPLOYERS.items()))
    modality = models.SlugField("modalité", max_length=20, db_index=False)
    place = models.CharField("lieu", max_length=120)
    hours_per_week = models.DecimalField("heures par semaine", max_digits=4, decimal_places=1)
    people = models.PositiveSmallIntegerField("personnes cherchées")
    starts_on = models.DateField("à partir du")
    contact_name = models.CharField("contact", max_length=120)
    contact_email = models.EmailField("courriel du contact")
    backup_name = models.CharField("remplaçant", max_length=120)
    backup_email = models.EmailField("courriel du remplaçant")
    published_on = models.DateField("publié le")
    published_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="publié par"
    )
    closed_on = models.DateField("fermé le", null=True)

    class Meta:
        verbose_name = "poste à pourvoir"
        verbose_name_plural = "postes à pourvoir"
        ordering = ("-published_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(people__gte=1, people__lte=99), name="execution_position_people"
            ),
            models.CheckConstraint(
                condition=Q(hours_per_week__gt=0, hours_per_week__lte=48), name="execution_position_hours"
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("published_on")),
                name="execution_position_dates",
            ),
            models.CheckConstraint(
                condition=~Q(contact_email=F("backup_email")), name="execution_position_two_contacts"
            ),
        ]

    def __str__(self) -> str:
        return f"poste {self.pk}"


class CandidateStage(models.TextChoices):
    """How far a candidate went; the last three end it."""

    PROPOSED = "proposee", "Proposée"
    TO_MEET = "a_rencontrer", "À rencontrer"
    MET = "rencontree", "Rencontrée"
    HIRED = "embauchee", "Embauchée"
    PRESENT = "presente", "Présente à un mois"
    DECLINED = "non_retenue", "Non retenue"
    WITHDRAWN = "retiree", "Retirée par le prescripteur"
    LEFT = "partie", "Partie avant un mois"


RUNNING_STAGES = (CandidateStage.PROPOSED, CandidateStage.TO_MEET, CandidateStage.MET, CandidateStage.HIRED)


class Candidate(models.Model):
    """Somebody proposed for a post: first name and initial. `reminded`: 0, 1 the contact, 2 the backup too, for this stage."""

    position = models.ForeignKey(Position, models.PROTECT, related_name="candidates", verbose_name="poste")
    company = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="entreprise")
    prescriber = models.ForeignKey(
        Organisation, models.PROTECT, related_name="candidates_proposed", verbose_name="prescripteur"
    )
    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="structure qui suit"
    )
    given_name = models.CharField("prénom", max_length=80, blank=True)
    initial = models.CharField("initiale", max_length=1, blank=True)
    stage = models.CharField("étape", max_length=12, choices=CandidateStage, default=CandidateStage.PROPOSED)
    stage_on = models.DateField("étape depuis le")
    reminded = models.PositiveSmallIntegerField("rappels", default=0)
    proposed_on = models.DateField("proposée le")
    answered_on = models.DateField("réponse le", null=True)
    met_on = models.DateField("rencontrée le", null=True)
    hired_on = models.DateField("embauchée le", null=True)
    present_on = models.DateField("présente à un mois le", null=True)
    ended_on = models.DateField("finie le", null=True)
    entry = models.OneToOneField(
        Entry, models.SET_NULL, null=True, related_name="candidate", verbose_name="entrée"
    )

    class Meta:
        verbose_name = "candidature"
        verbose_name_plural = "candidatures"
        ordering = ("proposed_on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["non_retenue", "retiree", "partie"], ended_on__isnull=False)
                | Q(ended_on=None) & ~Q(stage__in=["non_retenue", "retiree", "partie"]),
                name="execution_candidate_ended",
            ),
            models.CheckConstraint(
                condition=~Q(given_name__regex=r"\d"), name="execution_candidate_no_number"
            ),
        ]
        indexes = [Index(fields=["stage", "stage_on"], name="execution_candidate_clock")]

    def __str__(self) -> str:
        return f"candidature {self.pk}"

    @property
    def short_name(self) -> str:
        """« Zoé D. », or what stands for it once it is gone."""
        return f"{self.given_name} {self.initial}.".strip() if self.given_name else "Candidat"


class CandidateIdentity(models.Model):
    """What the company does not read: the family name and the day of birth, and when the person agreed to be proposed."""

    candidate = models.OneToOneField(
        Candidate, models.CASCADE, primary_key=True, related_name="identity", verbose_name="candidature"
    )
    prescriber = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="prescripteur"
    )
    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="structure qui suit"
    )
    family_name = models.CharField("nom", max_length=80)
    birth_on = models.DateField("né le")
    agreed_on = models.DateField("d’accord le")
    # No constraint: an account that goes could not reach this row.
    proposed_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="proposée par", db_index=False,
    )  # fmt: skip

    class Meta:
        verbose_name = "identité d’un candidat"
        verbose_name_plural = "identités des candidats"
        constraints = [
            models.CheckConstraint(
                condition=~Q(family_name__regex=r"\d"), name="execution_identity_no_number"
            )
        ]

    def __str__(self) -> str:
        return f"identité {self.pk}"
