"""Conventions: who agrees with whom, the text and its versions, who signed which exact text, what is followed."""

from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from levier.accounts.models import User
from levier.facilitators.models.structures import Structure
from levier.organisations.models import Organisation


class ConventionKind(models.TextChoices):
    """Between whom."""

    BUYER = "acheteur", "Facilitateur et acheteur"
    COMPANY = "entreprise", "Facilitateur et entreprise"
    AUTHORITIES = "collectivites", "Entre collectivités"
    CHARTER = "charte", "Charte d’un bassin d’emploi"


class ConventionOrigin(models.TextChoices):
    """Where a row comes from: an import replaces its own rows only."""

    LISTED = "liste", "Liste importée"
    DRAFTED = "redigee", "Rédigée ici"


class ConventionState(models.TextChoices):
    """The life of a convention, in its order."""

    # The structure writes; the other parties see nothing.
    DRAFT = "brouillon", "Brouillon"
    # The parties read the same text and sign it; mending it makes a draft again.
    PROPOSED = "proposee", "Proposée à la signature"
    # Every party signed the same text, or confirmed the same signed copy.
    SIGNED = "signee", "Signée"
    # Its term came, or a party ended it.
    ENDED = "terminee", "Terminée"


class DataRole(models.TextChoices):
    """What the structure is for the data of people; a company or a charter has the second only."""

    PROCESSOR = "sous_traitante", "Pour le compte de l’acheteur ou des collectivités (RGPD, article 28)"
    CONTROLLER = "responsable", "Pour son propre suivi : chaque partie est responsable de ses traitements"


class Convention(models.Model):
    """A cooperation agreement carried by a structure. `buyer_siren`: the buyer's, for the first kind only.

    The resolver names first the structure of a signed convention of the first kind that is in force.
    """

    structure = models.ForeignKey(Structure, models.CASCADE, related_name="conventions")
    kind = models.CharField(
        "nature", max_length=13, choices=ConventionKind, default=ConventionKind.BUYER, db_default="acheteur"
    )
    origin = models.CharField(
        "origine", max_length=7, choices=ConventionOrigin, default=ConventionOrigin.LISTED, db_default="liste"
    )
    state = models.CharField(
        "état", max_length=9, choices=ConventionState, default=ConventionState.SIGNED, db_default="signee"
    )
    buyer_siren = models.CharField("SIREN de l’acheteur", max_length=9, blank=True)
    valid_from = models.DateField("du")
    valid_to = models.DateField("au", null=True, blank=True)
    is_lead = models.BooleanField("chef de file des opérations sur plusieurs territoires", default=False)
    title = models.CharField("titre", max_length=200, blank=True, db_default="")
    services = ArrayField(
        models.CharField(max_length=20), default=list, db_default=[], verbose_name="services"
    )
    territory = models.CharField("territoire", max_length=300, blank=True, db_default="")
    financial_share = models.TextField("participation financière", max_length=1000, blank=True, db_default="")
    special_terms = models.TextField("clauses particulières", max_length=4000, blank=True, db_default="")
    has_data_annex = models.BooleanField("annexe sur les données personnelles", default=True, db_default=True)
    data_role = models.CharField(
        "rôle pour les données", max_length=14, choices=DataRole, default=DataRole.PROCESSOR,
        db_default="sous_traitante",
    )  # fmt: skip
    is_public = models.BooleanField("montrée sur la page publique", default=True, db_default=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    # The one this renews.
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="following", verbose_name="renouvelle"
    )
    signed_on = models.DateField("signée le", null=True)
    end_reason = models.TextField("motif de la fin", max_length=500, blank=True, db_default="")
    updated_at = models.DateTimeField("modifiée le", db_default=Now())

    class Meta:
        verbose_name = "convention"
        constraints = [
            models.UniqueConstraint(
                fields=["structure", "buyer_siren", "valid_from"], condition=Q(origin="liste"),
                name="facilitators_convention_once",
            ),
            models.CheckConstraint(
                condition=Q(buyer_siren__regex=r"^\d{9}$") | Q(buyer_siren="", origin="redigee"),
                name="facilitators_convention_siren",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="facilitators_convention_dates",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ConventionState])
                & Q(kind__in=[kind.value for kind in ConventionKind]),
                name="facilitators_convention_state",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"convention {self.pk}"

    @property
    def is_draft(self) -> bool:
        """Whether its text may still change."""
        return self.state == ConventionState.DRAFT

    def is_in_force(self, on: date) -> bool:
        """Signed, and that day is inside its dates."""
        return (
            self.state == ConventionState.SIGNED
            and self.valid_from <= on
            and (self.valid_to is None or on <= self.valid_to)
        )

    def is_to_renew(self, on: date, within: timedelta = timedelta(days=90)) -> bool:
        """Signed, and its term comes soon."""
        is_near = self.valid_to is not None and self.valid_to <= on + within
        return self.is_in_force(on) and is_near and not self.end_reason


class PartyRole(models.TextChoices):
    """What a party is in a convention."""

    STRUCTURE = "structure", "Structure d’appui"
    BUYER = "acheteur", "Acheteur"
    COMPANY = "entreprise", "Entreprise"
    AUTHORITY = "collectivite", "Collectivité"
    PARTNER = "partenaire", "Partenaire"


class ConventionParty(models.Model):
    """A legal unit that agrees. `organisation`: its space here, when it has one; the signatory is a foreseen name.

    `share_amount`: what it pays, in euros a year; None when it pays nothing.
    """

    convention = models.ForeignKey(
        Convention, models.CASCADE, related_name="parties", verbose_name="convention"
    )
    role = models.CharField("rôle", max_length=12, choices=PartyRole)
    organisation = models.ForeignKey(
        Organisation,
        models.SET_NULL,
        null=True,
        related_name="convention_parties",
        verbose_name="organisation",
    )
    name = models.CharField("nom", max_length=255)
    siren = models.CharField("SIREN", max_length=9, blank=True)
    signatory_name = models.CharField("signataire", max_length=160, blank=True)
    signatory_title = models.CharField("qualité du signataire", max_length=160, blank=True)
    share_amount = models.DecimalField(
        "participation (€ par an)", max_digits=10, decimal_places=2, null=True,
        validators=[MinValueValidator(Decimal(0))],
    )  # fmt: skip
    share_for = models.CharField("ce que la participation paie", max_length=200, blank=True, db_default="")
    position = models.PositiveSmallIntegerField("ordre", default=0)
    # Beside several others, a party leaves and the rest goes on.
    left_on = models.DateField("partie le", null=True)
    left_words = models.CharField("motif du départ", max_length=500, blank=True, db_default="")

    class Meta:
        verbose_name = "partie d’une convention"
        verbose_name_plural = "parties d’une convention"
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^\d{9}$"), name="facilitators_party_siren"
            ),
            models.CheckConstraint(
                condition=Q(share_amount=None) | Q(share_amount__gt=0), name="facilitators_party_share"
            ),
        ]

    def __str__(self) -> str:
        return f"partie {self.pk}"


class ConventionVersion(models.Model):
    """One exact text of a convention; never changed, its successor stands beside it."""

    convention = models.ForeignKey(
        Convention, models.CASCADE, related_name="versions", verbose_name="convention"
    )
    number = models.PositiveSmallIntegerField("numéro")
    text = models.TextField("texte")
    sha256 = models.CharField("empreinte", max_length=64)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField("écrite le", db_default=Now())
    # Before, its structure alone reads it.
    proposed_at = models.DateTimeField("proposée le", null=True)

    class Meta:
        verbose_name = "version d’une convention"
        verbose_name_plural = "versions d’une convention"
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(fields=["convention", "number"], name="facilitators_version_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number} de la convention {self.convention_id}"


class SignatureMethod(models.TextChoices):
    """How a party signed."""

    APPLICATION = "application", "Signée dans Levier"
    COPY = "copie", "Copie signée reconnue"
    SEEN = "vue", "Copie signée vue par l’animation"


class ConventionSignature(models.Model):
    """A party agreed to one version. `sha256`: the hash of the text, or of the signed copy it recognised."""

    party = models.ForeignKey(
        ConventionParty, models.CASCADE, related_name="signatures", verbose_name="partie"
    )
    version = models.ForeignKey(
        ConventionVersion, models.CASCADE, related_name="signatures", verbose_name="version"
    )
    method = models.CharField("manière", max_length=11, choices=SignatureMethod)
    sha256 = models.CharField("empreinte", max_length=64)
    signed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    signer_name = models.CharField("nom du signataire", max_length=160)
    signer_title = models.CharField("qualité", max_length=160)
    signed_at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "signature"
        ordering = ("signed_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["party", "version"], name="facilitators_signature_once"),
        ]

    def __str__(self) -> str:
        return f"signature {self.pk}"


class ConventionObjection(models.Model):
    """A party refuses one version, or asks for a change. Signing that version later takes it back."""

    party = models.ForeignKey(
        ConventionParty, models.CASCADE, related_name="objections", verbose_name="partie"
    )
    version = models.ForeignKey(
        ConventionVersion, models.CASCADE, related_name="objections", verbose_name="version"
    )
    words = models.TextField("ce qui doit changer", max_length=1000)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField("le", db_default=Now())

    class Meta:
        verbose_name = "objection à une convention"
        verbose_name_plural = "objections à une convention"
        ordering = ("made_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["party", "version"], name="facilitators_objection_once"),
        ]

    def __str__(self) -> str:
        return f"objection {self.pk}"


class SignedCopy(models.Model):
    """The signed document as a PDF. Its bytes stand under LEVIER_HOME, by hash."""

    version = models.ForeignKey(
        ConventionVersion, models.CASCADE, related_name="copies", verbose_name="version"
    )
    party = models.ForeignKey(ConventionParty, models.CASCADE, related_name="+", verbose_name="déposée par")
    name = models.CharField("nom du fichier", max_length=150)
    size = models.PositiveIntegerField("taille (octets)", validators=[MaxValueValidator(20 * 1024 * 1024)])
    sha256 = models.CharField("empreinte", max_length=64)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField("déposée le", db_default=Now())

    class Meta:
        verbose_name = "copie signée"
        verbose_name_plural = "copies signées"
        ordering = ("-uploaded_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["version", "sha256"], name="facilitators_copy_once"),
        ]

    def __str__(self) -> str:
        return f"copie {self.pk}"
