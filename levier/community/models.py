"""Portals of territories and networks, the versions of their text, and their events."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Index, Q
from django.db.models.functions import Now
from django.utils import timezone

from levier.accounts.models import User
from levier.core import typography
from levier.organisations.models import Organisation
from levier.reference.models import Commune


class PortalScope(models.TextChoices):
    """Whose suppliers a portal shows."""

    COMMUNE = "commune", "Une commune et 30 km autour"
    EPCI = "epci", "Une ou plusieurs intercommunalités"
    DEPARTEMENT = "departement", "Un ou plusieurs départements"
    REGION = "region", "Une région"
    NETWORK = "reseau", "Les membres de notre réseau"


class PortalState(models.TextChoices):
    """The life of a portal, and who moves it."""

    # Asked by a member of the holder; only the holder and the staff see it.
    ASKED = "demande", "Demandé"
    # Set by the staff, with the reason.
    REFUSED = "refuse", "Refusé"
    # Opened by the staff, or taken offline by an editor: the editors prepare it.
    DRAFT = "brouillon", "Brouillon"
    # Put online by an editor.
    PUBLISHED = "publie", "En ligne"
    # Taken offline by the staff, with the reason; only the staff puts it back.
    SUSPENDED = "suspendu", "Suspendu"


MOST_CODES = 30


class RegionalPortal(models.Model):
    """The page of a territory or a network at an address of its own, written by the members of its holder.

    `codes`: official codes of the territory (several for an employment area). `regions`: the régions they lie in,
    copied so that the list by région and a région's page need no join. `partners`: [{"name", "url"}].
    """

    slug = models.SlugField("adresse", max_length=50, unique=True)
    title = models.CharField("titre", max_length=90)
    tagline = models.CharField("phrase d’accueil", max_length=220, blank=True)
    holder = models.ForeignKey(
        Organisation, models.PROTECT, related_name="portals", verbose_name="organisation qui le tient"
    )
    scope = models.CharField("périmètre", max_length=11, choices=PortalScope)
    codes = ArrayField(models.CharField(max_length=9), default=list, verbose_name="codes du territoire")
    regions = ArrayField(models.CharField(max_length=3), default=list, verbose_name="régions")
    place_label = models.CharField("territoire en clair", max_length=255, blank=True)
    contact_email = models.EmailField("adresse de contact", blank=True)
    contact_phone = models.CharField("téléphone de contact", max_length=30, blank=True)
    website = models.URLField("site de l’organisation", max_length=300, blank=True)
    partners = models.JSONField("partenaires", default=list)
    image = models.CharField("image", max_length=32, blank=True, help_text="Name of its content.")
    image_caption = models.CharField("description de l’image", max_length=160, blank=True)

    state = models.CharField("état", max_length=9, choices=PortalState, default=PortalState.ASKED)
    asked_at = models.DateTimeField("demandé le", db_default=Now())
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="demandé par"
    )
    purpose = models.TextField("pourquoi ce portail", max_length=1000, blank=True)
    reason = models.TextField("motif du refus ou de la suspension", max_length=1000, blank=True)
    opened_at = models.DateTimeField("ouvert le", null=True)
    published_at = models.DateTimeField("mis en ligne le", null=True)
    updated_at = models.DateTimeField("modifié le", default=timezone.now)
    is_demo = models.BooleanField("démonstration", default=False)

    class Meta:
        verbose_name = "portail"
        verbose_name_plural = "portails"
        ordering = ("title", "id")
        indexes = [
            # What waits for the staff.
            Index(fields=["asked_at"], name="community_portal_waiting", condition=Q(state="demande")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PortalState]), name="community_portal_state"
            ),
            models.CheckConstraint(
                condition=Q(scope="reseau", codes__len=0)
                | Q(scope__in=["commune", "region"], codes__len=1)
                | Q(scope__in=["epci", "departement"], codes__len__gte=1, codes__len__lte=MOST_CODES),
                name="community_portal_scope_whole",
            ),
            models.CheckConstraint(
                condition=Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"), name="community_portal_slug_shape"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["demande", "refuse"]) | Q(opened_at__isnull=False),
                name="community_portal_opened_by_staff",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refuse", "suspendu"]) | ~Q(reason=""),
                name="community_portal_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="publie") | Q(published_at__isnull=False),
                name="community_portal_published_when",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_network(self) -> bool:
        """Whether it shows the members of its holder rather than a territory."""
        return self.scope == PortalScope.NETWORK

    @property
    def scope_label(self) -> str:
        """« Hauts-de-France », « Roubaix (Nord) et 30 km autour », « membres de… »."""
        if self.is_network:
            return f"membres de {self.holder.name}"
        return (
            f"{self.place_label} et 30 km autour" if self.scope == PortalScope.COMMUNE else self.place_label
        )

    @property
    def is_online(self) -> bool:
        return self.state == PortalState.PUBLISHED


class PortalText(models.Model):
    """One version of a portal's editorial text, in Markdown; the last one is shown. Restoring adds a version."""

    portal = models.ForeignKey(RegionalPortal, models.CASCADE, related_name="texts", verbose_name="portail")
    text = models.TextField("texte", max_length=20_000, blank=True)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="auteur")
    written_at = models.DateTimeField("écrite le", default=timezone.now)
    restored = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", verbose_name="version reprise"
    )

    class Meta:
        verbose_name = "version du texte d’un portail"
        verbose_name_plural = "versions du texte des portails"
        ordering = ("-written_at", "-id")
        indexes = [Index(fields=["portal", "-written_at"], name="community_text_of_portal")]

    def __str__(self) -> str:
        return f"texte {self.pk} du portail {self.portal_id}"


class EventKind(models.TextChoices):
    """What people come for."""

    FAIR = "salon", "Salon"
    MEETING = "rencontre", "Rencontre acheteurs-fournisseurs"
    WORKSHOP = "atelier", "Atelier"
    TRAINING = "formation", "Formation"
    VISIT = "visite", "Visite"


class EventQuerySet(models.QuerySet["Event"]):
    def public(self) -> "EventQuerySet":
        """Those of portals online."""
        return self.filter(portal__state=PortalState.PUBLISHED)

    def upcoming(self) -> "EventQuerySet":
        """Not over yet, the next first; a cancelled one stays until its date, for whoever meant to come."""
        return self.filter(ends_at__gte=timezone.now()).order_by("starts_at", "id")


class Event(models.Model):
    """A meeting that the editors of a portal announce; in a commune, online, or both."""

    portal = models.ForeignKey(RegionalPortal, models.CASCADE, related_name="events", verbose_name="portail")
    kind = models.CharField("nature", max_length=9, choices=EventKind)
    title = models.CharField("titre", max_length=120)
    description = models.TextField("description", max_length=3000, blank=True)
    starts_at = models.DateTimeField("début")
    ends_at = models.DateTimeField("fin")
    commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, related_name="events", verbose_name="commune"
    )
    venue = models.CharField("lieu précis", max_length=200, blank=True)
    is_online = models.BooleanField("en ligne", default=False)
    link = models.URLField("lien", max_length=300, blank=True)
    organiser = models.CharField("organisateur", max_length=120)
    capacity = models.PositiveIntegerField("places", null=True)
    created_by = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="+", verbose_name="annoncé par"
    )
    created_at = models.DateTimeField("annoncé le", db_default=Now())
    updated_at = models.DateTimeField("modifié le", default=timezone.now)
    cancelled_at = models.DateTimeField("annulé le", null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "événement"
        verbose_name_plural = "événements"
        ordering = ("starts_at", "id")
        indexes = [
            Index(fields=["portal", "ends_at"], name="community_event_of_portal"),
            # The events of a territory's page.
            Index(fields=["commune", "ends_at"], name="community_event_of_commune"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EventKind]), name="community_event_kind"
            ),
            models.CheckConstraint(condition=Q(ends_at__gte=F("starts_at")), name="community_event_in_order"),
            models.CheckConstraint(
                condition=Q(commune__isnull=False) | Q(is_online=True), name="community_event_somewhere"
            ),
            models.CheckConstraint(
                condition=Q(capacity=None) | Q(capacity__gt=0), name="community_event_capacity"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def when_label(self) -> str:
        """« 12 mars 2027, de 9 h à 12 h », in the time of Paris."""
        return typography.when(timezone.localtime(self.starts_at), timezone.localtime(self.ends_at))

    @property
    def is_over(self) -> bool:
        return self.ends_at < timezone.now()

    @property
    def place_label(self) -> str:
        """« Salle du Val, Roubaix », « en ligne », « Roubaix, et en ligne »."""
        town = self.commune.name if self.commune else ""
        spots = ", ".join(part for part in (self.venue, town) if part)
        if self.is_online:
            return f"{spots}, et en ligne" if town else "en ligne"
        return spots
