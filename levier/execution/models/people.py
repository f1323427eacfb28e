"""People in a clause: who they are, how each entered it, why they were eligible, and who opened their sheet.

Row-level security guards the first three tables: a session that has not said for whom it acts (`people.scope`) sees no row at all. No
table here holds a social security number, an address or a free comment.
"""

import uuid

from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.execution.models.contracts import Contract
from levier.organisations.models import Organisation
from levier.rulebook.eligibility import EMPLOYERS


class Sex(models.TextChoices):
    """For reports; empty when not said."""

    WOMAN = "F", "Femme"
    MAN = "H", "Homme"


class NoticeWay(models.TextChoices):
    """How the person got the notice about its data."""

    HAND = "main", "En main propre"
    MAIL = "courriel", "Par courriel"
    POST = "courrier", "Par la poste"


class AddressCheck(models.TextChoices):
    """Who says that an address is the person's own; empty: nobody, and what is confirmed through it proves nothing."""

    TOLD = "dite", "Donnée par la personne"
    SEEN = "verifiee", "Vérifiée avec la personne"
    FORMER = "ancienne", "Demandée par le lien de l’ancienne adresse"


class Participant(models.Model):
    """Somebody who does hours of a clause, known to one following structure. Its key is what the ledger carries.

    `last_contact_on` starts the clock of retention: initials after a time, then nothing but the key and the year of birth.
    """

    id = models.UUIDField("identifiant", primary_key=True, default=uuid.uuid4, editable=False)
    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="participants", verbose_name="structure qui suit"
    )
    given_name = models.CharField("prénom", max_length=80, blank=True)
    family_name = models.CharField("nom", max_length=80, blank=True)
    birth_on = models.DateField("né le", null=True)
    birth_year = models.PositiveSmallIntegerField("année de naissance")
    sex = models.CharField("sexe", max_length=1, choices=Sex, blank=True)
    email = models.EmailField("courriel", blank=True)
    email_check = models.CharField("vérification du courriel", max_length=8, choices=AddressCheck, blank=True)
    email_checked_at = models.DateTimeField("courriel vérifié le", null=True)
    # No constraint: an account that goes could not reach the rows it signed.
    email_checked_by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="courriel vérifié par", db_index=False,
    )  # fmt: skip
    notice_on = models.DateField("note d’information remise le", null=True)
    notice_way = models.CharField("remise", max_length=8, choices=NoticeWay, blank=True)
    last_contact_on = models.DateField("dernier contact")
    created_at = models.DateTimeField("créé le", db_default=Now())
    pseudonymised_at = models.DateTimeField("réduit aux initiales le", null=True)
    anonymised_at = models.DateTimeField("anonymisé le", null=True)
    incoming = models.ForeignKey(
        "execution.IncomingFile",
        models.PROTECT,
        null=True,
        related_name="participants",
        verbose_name="repris de",
    )

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        ordering = ("family_name", "given_name", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(anonymised_at=None, pseudonymised_at=None, birth_on__isnull=False)
                & ~Q(given_name="")
                & ~Q(family_name="")
                | Q(anonymised_at=None, pseudonymised_at__isnull=False, birth_on=None, email="")
                & Q(given_name__regex=r"^.\.$", family_name__regex=r"^.\.$")
                | Q(anonymised_at__isnull=False, given_name="", family_name="", email="", birth_on=None),
                name="execution_participant_named_or_not",
            ),
            # No name has a digit: whatever number is typed there, social security included, the database refuses.
            models.CheckConstraint(
                condition=~Q(given_name__regex=r"\d")
                & ~Q(family_name__regex=r"\d")
                & ~Q(email__regex=r"\d{13}"),
                name="execution_participant_no_number",
            ),
            models.CheckConstraint(
                condition=Q(notice_on=None, notice_way="") | Q(notice_on__isnull=False) & ~Q(notice_way=""),
                name="execution_participant_notice",
            ),
            models.CheckConstraint(condition=Q(sex__in=["", "F", "H"]), name="execution_participant_sex"),
            models.CheckConstraint(
                condition=Q(email_check="", email_checked_at=None)
                | Q(email_checked_at__isnull=False) & ~Q(email_check="") & ~Q(email=""),
                name="execution_participant_address",
            ),
        ]
        indexes = [Index(fields=["follower", "family_name"], name="execution_participants_of")]

    def __str__(self) -> str:
        return f"personne {str(self.pk)[:8]}"

    @property
    def full_name(self) -> str:
        """« Prénom Nom », or what stands for it once it is gone."""
        return f"{self.given_name} {self.family_name}".strip() or "Personne anonymisée"


class PostKind(models.TextChoices):
    """The work contract, offered with a post or signed at an entry."""

    CDI = "cdi", "CDI"
    CDD = "cdd", "CDD"
    CDDI = "cddi", "CDD d’insertion"
    APPRENTICE = "alternance", "Alternance"
    MISSION = "mission", "Mission d’intérim ou mise à disposition"


class EntryState(models.TextChoices):
    """An entry waits for the facilitator before any of its hours counts."""

    WAITING = "a_valider", "À valider"
    VALID = "validee", "Validée"
    REFUSED = "refusee", "Refusée"


class Entry(models.Model):
    """The entry of a person in a contract: what the rules said that day, and what the facilitator decided.

    Frozen once decided (a trigger says so): leaving the RSA or a district later changes nothing. `company`: who declares her hours.
    `rule_set`: the set and its version, such as « ccag_2021/1 ». The reason stands in `EntryReason`.
    """

    participant = models.ForeignKey(
        Participant, models.PROTECT, related_name="entries", verbose_name="personne"
    )
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="entries", verbose_name="contrat")
    company = models.ForeignKey(
        Organisation, models.PROTECT, related_name="entries_declared", verbose_name="entreprise qui déclare"
    )
    employer_kind = models.CharField("type d’employeur", max_length=8, choices=list(EMPLOYERS.items()))
    modality = models.SlugField("modalité", max_length=20, db_index=False)
    # Empty when nobody said; the hours of a CDI go on counting past the window.
    work_contract = models.CharField(
        "contrat de travail", max_length=10, choices=PostKind, blank=True, default="", db_default=""
    )
    entered_on = models.DateField("entrée le")
    left_on = models.DateField("sortie le", null=True)
    rule_set = models.CharField("jeu de règles", max_length=48)
    verdict = models.CharField("avis des règles", max_length=16)
    eligible_from = models.DateField("éligible du", null=True)
    eligible_until = models.DateField("éligible jusqu’au", null=True)
    state = models.CharField("état", max_length=9, choices=EntryState, default=EntryState.WAITING)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidé par"
    )
    decided_at = models.DateTimeField("décidé le", null=True)
    created_at = models.DateTimeField("écrit le", db_default=Now())
    incoming = models.ForeignKey(
        "execution.IncomingFile", models.PROTECT, null=True, related_name="entries", verbose_name="repris de"
    )

    class Meta:
        verbose_name = "entrée dans un contrat"
        verbose_name_plural = "entrées dans les contrats"
        ordering = ("-entered_on", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "contract", "entered_on"], name="execution_entry_once"
            ),
            models.CheckConstraint(
                condition=Q(state="a_valider", decided_at=None)
                | Q(state="refusee", decided_at__isnull=False)
                | Q(state="validee", decided_at__isnull=False, eligible_until__isnull=False),
                name="execution_entry_decided",
            ),
            models.CheckConstraint(
                condition=Q(eligible_from=None, eligible_until=None)
                | Q(eligible_from__isnull=False, eligible_until__gte=F("eligible_from")),
                name="execution_entry_window",
            ),
            models.CheckConstraint(
                condition=Q(left_on=None) | Q(left_on__gte=F("entered_on")), name="execution_entry_dates"
            ),
        ]
        indexes = [
            Index(fields=["contract", "state"], name="execution_entries_of_contract"),
            Index(fields=["company"], name="execution_entries_of_company"),
        ]

    def __str__(self) -> str:
        return f"entrée {self.pk}"


class EntryReason(models.Model):
    """Why an entry is eligible and how it was proved: for the following structure alone. The document is not kept.

    `criterion`, `category`, `proof`: keys of the rule book. `seen_on`, `seen_by`: « vu le…, par… ».
    """

    entry = models.OneToOneField(
        Entry, models.CASCADE, primary_key=True, related_name="reason", verbose_name="entrée"
    )
    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="structure qui suit"
    )
    criterion = models.SlugField("critère", max_length=40, db_index=False)
    category = models.SlugField("catégorie", max_length=20, db_index=False)
    proof = models.SlugField("preuve", max_length=30, blank=True, db_index=False)
    proof_state = models.CharField("état de la preuve", max_length=11)
    proof_valid_to = models.DateField("preuve valable jusqu’au", null=True)
    seen_on = models.DateField("vue le", null=True)
    seen_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="vue par")

    class Meta:
        verbose_name = "motif d’une entrée"
        verbose_name_plural = "motifs des entrées"

    def __str__(self) -> str:
        return f"motif {self.pk}"


class EntryTerritory(models.Model):
    """Whether somebody lived in a priority district (QPV) or in a supported rural zone (FRR) on the day of an entry; never where.

    For the following structure alone. It outlives the name, for the figures.
    """

    entry = models.OneToOneField(
        Entry, models.CASCADE, primary_key=True, related_name="territory", verbose_name="entrée"
    )
    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="structure qui suit"
    )
    is_qpv = models.BooleanField("habite un QPV", null=True)
    is_frr = models.BooleanField("habite une zone FRR", null=True)

    class Meta:
        verbose_name = "territoire à l’entrée"
        verbose_name_plural = "territoires à l’entrée"
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_qpv=None, is_frr=None), name="execution_territory_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"territoire {self.pk}"


class KeptPublic(models.Model):
    """How many validated entries of a year had a category of reason, once the reasons are gone: a count, and nobody.

    `category`: a key of the rule book.
    """

    follower = models.ForeignKey(
        Organisation, models.PROTECT, related_name="kept_publics", verbose_name="structure qui suit"
    )
    year = models.PositiveSmallIntegerField("année d’entrée")
    category = models.SlugField("catégorie", max_length=20, db_index=False)
    entries = models.PositiveIntegerField("entrées", default=0)

    class Meta:
        verbose_name = "public gardé en nombre"
        verbose_name_plural = "publics gardés en nombre"
        ordering = ("-year", "category")
        constraints = [
            models.UniqueConstraint(
                fields=["follower", "year", "category"], name="execution_kept_public_once"
            )
        ]

    def __str__(self) -> str:
        return f"public {self.pk}"


class AccessPurpose(models.TextChoices):
    """Why a sheet was opened."""

    FOLLOW = "suivi", "Suivi"
    VALIDATE = "validation", "Validation de l’entrée"
    EXPORT = "export", "Export"
    PERSON = "personne", "Demande de la personne"
    PRINT = "carte", "Impression de la carte"
    HOURS = "heures", "Saisie ou décision des heures"
    CARD = "ouverture", "Ouverture de la carte imprimée"
    CARD_BY_MAIL = "courriel", "Ouverture par le lien du courriel"


class PeopleAccess(models.Model):
    """Who opened whose sheet, when and why; `by` None: the card itself did. Append-only; carries keys alone, and outlives the name."""

    participant_id = models.UUIDField("personne")
    by = models.ForeignKey(
        User, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name="par", db_index=False,
    )  # fmt: skip
    at = models.DateTimeField("le", db_default=Now())
    purpose = models.CharField("motif", max_length=10, choices=AccessPurpose)

    class Meta:
        verbose_name = "consultation d’une fiche"
        verbose_name_plural = "consultations des fiches"
        ordering = ("-at", "-id")
        indexes = [Index(fields=["participant_id", "at"], name="execution_access_of_person")]

    def __str__(self) -> str:
        return f"consultation {self.pk}"
