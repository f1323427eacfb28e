"""Networks the staff named: what they are, whom they gather, what they vouch for, what they propose to correct."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.directory.kinds import CODES
from levier.directory.models.suppliers import Supplier
from levier.organisations.models import Organisation


class ReviewingNetwork(models.Model):
    """A network named by the staff, since a role alone proves nothing, and what it says it is.

    Its members (role: network) review documents, keep its list of members and vouch for facts.
    """

    class Kind(models.TextChoices):
        CRESS = "cress", "CRESS"
        FEDERATION = "federation", "Fédération"
        HEAD = "head", "Tête de réseau"
        CLUB = "club", "Club d’entreprises"
        COLLECTIVITY = "collectivity", "Collectivité"
        OTHER = "other", "Autre réseau"

    class Territory(models.TextChoices):
        FRANCE = "france", "France entière"
        REGION = "region", "Région"
        DEPARTEMENT = "departement", "Département"
        EPCI = "epci", "Intercommunalité"

    organisation = models.OneToOneField(
        Organisation, models.CASCADE, related_name="reviewing", verbose_name="organisation"
    )
    added_at = models.DateTimeField("ajouté le", db_default=Now())
    short_name = models.CharField("nom court", max_length=60, blank=True)
    kind = models.CharField("nature", max_length=12, choices=Kind, default=Kind.OTHER)
    website = models.CharField("site", max_length=255, blank=True)
    territory_kind = models.CharField(
        "échelle du territoire", max_length=11, choices=Territory, default=Territory.FRANCE
    )
    territory_code = models.CharField(
        "code du territoire", max_length=9, blank=True, help_text="Empty: the whole country."
    )
    gathers = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        verbose_name="types de structures",
        help_text="Empty: every kind.",
    )

    class Meta:
        verbose_name = "réseau relecteur"
        verbose_name_plural = "réseaux relecteurs"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["cress", "federation", "head", "club", "collectivity", "other"]),
                name="directory_network_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(territory_kind="france", territory_code="")
                | (
                    Q(territory_kind__in=["region", "departement", "epci"])
                    & Q(territory_code__regex=r"^[0-9AB]{2,9}$")
                ),
                name="directory_network_territory_whole",
            ),
            models.CheckConstraint(
                condition=Q(gathers__contained_by=list(CODES)), name="directory_network_gathers_known"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or str(self.organisation)


class NetworkMember(models.Model):
    """A supplier that a network gathers, or did. Active: state « active », without an end.

    « Ce n’est pas nous », said by the supplier, keeps the row: no later import brings it back in silence.
    """

    class State(models.TextChoices):
        # Asked by the supplier, until the network answers.
        ASKED = "asked", "adhésion à confirmer"
        # Set by the network: an import, a line typed, a request accepted.
        ACTIVE = "active", "membre"
        # Set by the supplier: hidden until it says otherwise.
        DISOWNED = "disowned", "contestée par la structure"
        # Set by the network, or by the supplier that takes its request back; may be undone.
        LEFT = "left", "partie"

    class Source(models.TextChoices):
        IMPORTED = "imported", "liste importée"
        TYPED = "typed", "ajout à la main"
        ASKED = "asked", "demande de la structure"

    network = models.ForeignKey(
        Organisation, models.CASCADE, related_name="network_members", verbose_name="réseau"
    )
    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="network_memberships", verbose_name="fournisseur"
    )
    state = models.CharField("état", max_length=8, choices=State, default=State.ACTIVE)
    source = models.CharField("origine", max_length=8, choices=Source)
    since = models.DateField("depuis le", default=timezone.localdate)
    until = models.DateField("jusqu’au", null=True)
    added_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="ajouté par"
    )
    # The last mail that invited it to claim its sheet: at most one in thirty days, all networks together.
    invited_at = models.DateTimeField("invité le", null=True)

    class Meta:
        verbose_name = "membre d’un réseau"
        verbose_name_plural = "membres des réseaux"
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["network", "supplier"], condition=~Q(state="left"), name="directory_member_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "active", "disowned"], until=None)
                | Q(state="left", until__isnull=False),
                name="directory_member_state_whole",
            ),
            models.CheckConstraint(
                condition=Q(source__in=["imported", "typed", "asked"]), name="directory_member_source_known"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="directory_member_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} · {self.supplier}"


class AwaitedMember(models.Model):
    """A line of a network's list that no sheet of the directory answers to yet: looked for again at each import."""

    network = models.ForeignKey(
        Organisation, models.CASCADE, related_name="awaited_members", verbose_name="réseau"
    )
    number = models.CharField("SIRET ou SIREN", max_length=14, blank=True)
    label = models.CharField("libellé", max_length=120, blank=True)
    added_at = models.DateTimeField("noté le", default=timezone.now)

    class Meta:
        verbose_name = "membre à rattacher"
        verbose_name_plural = "membres à rattacher"
        ordering = ("label", "number", "id")
        constraints = [
            models.UniqueConstraint(fields=["network", "number", "label"], name="directory_awaited_once"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^([0-9]{9}|[0-9]{14})$") | (Q(number="") & ~Q(label="")),
                name="directory_awaited_says_something",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.number


class Vouch(models.Model):
    """A network vouches for one group of values of a member's sheet, as it stood: another value, and it has fallen.

    It never edits a value. Only the hash tells whether the value is still the same; ``said`` is for the network to
    see what it had read.
    """

    class How(models.TextChoices):
        VISIT = "visit", "visite sur place"
        DOCUMENT = "document", "document lu"
        FILE = "file", "dossier d’adhésion"
        PHONE = "phone", "appel téléphonique"

    network = models.ForeignKey(Organisation, models.CASCADE, related_name="vouches", verbose_name="réseau")
    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="vouches", verbose_name="fournisseur")
    group = models.CharField("groupe de valeurs", max_length=60)
    value_hash = models.CharField("empreinte de la valeur", max_length=64)
    said = models.CharField("valeur lue", max_length=500, blank=True)
    how = models.CharField("vérifiée par", max_length=8, choices=How)
    note = models.CharField("note", max_length=300, blank=True, help_text="For the network only.")
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="attesté par")
    at = models.DateTimeField("attesté le", default=timezone.now)
    expires_on = models.DateField("valable jusqu’au")
    withdrawn_at = models.DateTimeField("retirée le", null=True)

    class Meta:
        verbose_name = "attestation d’un réseau"
        verbose_name_plural = "attestations des réseaux"
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["network", "supplier", "group"],
                condition=Q(withdrawn_at=None),
                name="directory_vouch_once",
            ),
            models.CheckConstraint(
                condition=Q(how__in=["visit", "document", "file", "phone"]), name="directory_vouch_how_known"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("at")),
                name="directory_vouch_in_order",
            ),
            models.CheckConstraint(
                condition=Q(value_hash__regex=r"^[0-9a-f]{64}$"), name="directory_vouch_has_a_hash"
            ),
        ]
        # What stands beside the values of one sheet.
        indexes = [
            Index(fields=["supplier"], condition=Q(withdrawn_at=None), name="directory_vouch_standing")
        ]

    def __str__(self) -> str:
        return f"{self.network_id} {self.supplier_id} {self.group}"


class SheetCorrection(models.Model):
    """What a network proposes to the keeper of a member's sheet: words, which only the keeper may follow."""

    class State(models.TextChoices):
        # Set when the network sends it.
        OPEN = "open", "en attente"
        # Set by whoever keeps the sheet.
        ACCEPTED = "accepted", "suivie"
        IGNORED = "ignored", "écartée"
        # Set by the network itself.
        WITHDRAWN = "withdrawn", "retirée"

    network = models.ForeignKey(
        Organisation, models.CASCADE, related_name="sheet_corrections", verbose_name="réseau"
    )
    supplier = models.ForeignKey(
        Supplier, models.CASCADE, related_name="corrections", verbose_name="fournisseur"
    )
    group = models.CharField("groupe de valeurs", max_length=60)
    text = models.CharField("correction proposée", max_length=500)
    by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="proposée par")
    at = models.DateTimeField("proposée le", default=timezone.now)
    state = models.CharField("état", max_length=9, choices=State, default=State.OPEN)
    decided_at = models.DateTimeField("décidée le", null=True)
    decided_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="décidée par"
    )

    class Meta:
        verbose_name = "correction proposée"
        verbose_name_plural = "corrections proposées"
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None)
                | Q(state__in=["accepted", "ignored", "withdrawn"], decided_at__isnull=False),
                name="directory_correction_decided_once",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="directory_correction_says_something"),
            # One at a time for a group: a newer one replaces the former.
            models.UniqueConstraint(
                fields=["network", "supplier", "group"],
                condition=Q(state="open"),
                name="directory_correction_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"correction {self.pk}"
