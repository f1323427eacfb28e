"""One portal of demonstration, with its text and two events to come."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from levier.accounts.actions.demo import DEMO
from levier.accounts.models import Role
from levier.community.models import Event, EventKind, PortalScope, PortalState, PortalText, RegionalPortal
from levier.core import audit
from levier.core.audit import Actor
from levier.organisations.models import Organisation
from levier.reference.models import Commune, Region

SLUG = "demonstration-hauts-de-france"
_REGION, _TOWN = "32", "59512"
_TEXT = """\
## Acheter inclusif près de chez vous

Ce portail de démonstration montre ce qu’un réseau ou une collectivité peut dire de son territoire.

- **Vous achetez ?** Cherchez un fournisseur ci-dessus, ou venez à la prochaine rencontre.
- **Vous êtes une structure inclusive ?** Tenez votre fiche à jour : elle paraît ici le jour même.

Tout est fictif sur cette page, jusqu’aux événements.
"""


@transaction.atomic
def load_demo(*, by: Actor) -> RegionalPortal:
    """The portal, its text and two events to come; what somebody wrote since the last start stays."""
    *_, siren, name = DEMO[Role.NETWORK]
    holder, _ = Organisation.objects.get_or_create(
        siren=siren, defaults={"name": f"{name} (démonstration)", "is_demo": True}
    )
    now = timezone.now()
    portal, is_new = RegionalPortal.objects.get_or_create(
        slug=SLUG,
        defaults={
            "title": "Acheter inclusif en Hauts-de-France (démonstration)",
            "tagline": "Fournisseurs, facilitateurs et rendez-vous de la région, réunis par un réseau fictif.",
            "holder": holder, "scope": PortalScope.REGION, "codes": [_REGION], "regions": [_REGION],
            "place_label": Region.objects.filter(code=_REGION).values_list("name", flat=True).first() or "",
            "contact_email": "portail@exemple.invalid", "contact_phone": "03 53 01 00 05",
            "partners": [{"name": "Maison de l’emploi du Val (fictive)", "url": ""}],
            "state": PortalState.PUBLISHED, "opened_at": now, "published_at": now, "is_demo": True,
        },
    )  # fmt: skip
    if is_new:
        PortalText.objects.create(portal=portal, text=_TEXT)
        audit.record(by=by, verb="community.load_demo", object_type="portal", object_key=str(portal.pk))
    if not portal.events.upcoming().exists():
        _announce(portal)
    return portal


def _announce(portal: RegionalPortal) -> None:
    town = Commune.objects.filter(code=_TOWN).first()
    Event.objects.bulk_create(
        [
            Event(
                portal=portal, kind=EventKind.MEETING, title="Rencontre des acheteurs et des fournisseurs inclusifs",
                description="Une matinée de rendez-vous de dix minutes. Événement fictif.",
                starts_at=_in_days(12, 9), ends_at=_in_days(12, 12), commune=town, venue="Salle du Val",
                is_online=town is None, link="https://exemple.invalid/rencontre",
                organiser="Réseau du Val (fictif)", capacity=80,
            ),
            Event(
                portal=portal, kind=EventKind.WORKSHOP, title="Atelier : écrire une première clause sociale",
                description="De l’idée au texte, avec un facilitateur. Événement fictif.",
                starts_at=_in_days(33, 14), ends_at=_in_days(33, 16), is_online=True,
                link="https://exemple.invalid/atelier", organiser="Réseau du Val (fictif)",
            ),
        ]
    )  # fmt: skip


def _in_days(days: int, hour: int) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(hour)))


@transaction.atomic
def clear_demo(*, by: Actor) -> int:
    """Every portal of a fictitious organisation goes, with its texts and events. Returns how many went."""
    portals = RegionalPortal.objects.filter(is_demo=True)
    count = portals.count()
    portals.delete()
    if count:
        audit.record(by=by, verb="community.clear_demo", details={"portals": count})
    return count
