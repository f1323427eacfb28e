"""What a portal is: asked for by a member, then presented by its editors."""

from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from levier.accounts.errors import RefusedError as RefusedImageError
from levier.accounts.models import User
from levier.community import slugs, wording
from levier.community.errors import RefusedError
from levier.community.models import MOST_CODES, PortalScope, PortalState, RegionalPortal
from levier.core import audit
from levier.directory.models import ReviewingNetwork
from levier.directory.ownership import images
from levier.organisations.models import Organisation
from levier.reference.areas import Area
from levier.reference.models import Departement
from levier.reference.queries import place_by_code

MOST_PORTALS = 5
MOST_PARTNERS = 20
# Pictures of portals have a folder of their own: the nightly cleaning of sheets knows nothing of them.
IMAGE_ROOM = "media-portails"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Whose suppliers a portal shows, and at which address: what the staff reads before opening it.

    `codes`: official codes of the scope, none for a network.
    """

    slug: str
    title: str
    scope: str
    codes: tuple[str, ...] = ()
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class PortalValues:
    """How a portal presents itself. `partners`: (name, address) pairs."""

    title: str
    tagline: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    website: str = ""
    partners: tuple[tuple[str, str], ...] = ()


@transaction.atomic
def ask_portal(*, by: User, holder: Organisation, holding: Holding) -> RegionalPortal:
    """Ask for a portal; the staff is told. Raises RefusedError."""
    slug = slugs.check(holding.slug)
    if not holding.title.strip():
        raise RefusedError("Donnez un titre au portail.")
    # The lock of the holder: two requests at once count each other.
    Organisation.objects.select_for_update().get(pk=holder.pk)
    kept = RegionalPortal.objects.filter(holder=holder).exclude(state=PortalState.REFUSED).count()
    if kept >= MOST_PORTALS:
        raise RefusedError(f"{MOST_PORTALS} portails au plus par organisation : écrivez à l’équipe.")
    if RegionalPortal.objects.filter(slug=slug).exists():
        raise RefusedError(f"L’adresse « {slug} » est déjà prise : choisissez-en une autre.")
    codes, regions, label = _territory(holder, holding)
    portal = RegionalPortal.objects.create(
        slug=slug, title=holding.title.strip(), holder=holder, scope=holding.scope, codes=codes,
        regions=regions, place_label=label, purpose=holding.purpose.strip(), asked_by=by,
        is_demo=holder.is_demo,
    )  # fmt: skip
    wording.tell_staff(portal)
    audit.record(
        by=by.as_actor(), verb="community.ask_portal", object_type="portal", object_key=str(portal.pk)
    )
    return portal


def _territory(holder: Organisation, holding: Holding) -> tuple[list[str], list[str], str]:
    """Codes, régions they lie in, and their names. Raises RefusedError."""
    if holding.scope == PortalScope.NETWORK:
        network = ReviewingNetwork.objects.filter(organisation=holder).first()
        if network is None:
            raise RefusedError(
                "L’équipe n’a pas encore reconnu votre organisation comme un réseau qui a des membres : "
                "choisissez un territoire, ou écrivez-lui d’abord."
            )
        # A network of one région stands in its list and on its page, though its members may be anywhere.
        is_local = bool(network.territory_code)
        return [], _regions(network.territory_kind, [network.territory_code]) if is_local else [], ""
    codes = list(dict.fromkeys(holding.codes))
    most = MOST_CODES if holding.scope in {PortalScope.EPCI, PortalScope.DEPARTEMENT} else 1
    if not 1 <= len(codes) <= most:
        raise RefusedError(
            "Choisissez le territoire du portail."
            if not codes
            else f"{most} territoires au plus pour ce périmètre : choisissez plutôt plus grand."
            if most > 1
            else "Un seul territoire pour ce périmètre."
        )
    found = [place_by_code(holding.scope, code) for code in codes]
    places = [place for place in found if place is not None]
    if len(places) < len(codes):
        raise RefusedError("Un de ces territoires n’existe pas, ou n’est pas de cette nature.")
    label = ", ".join(place.label for place in places)
    return codes, _regions(holding.scope, codes), label if len(label) <= 255 else f"{label[:254]}…"


def _regions(scope: str, codes: list[str]) -> list[str]:
    """The régions a territory lies in: an EPCI may stand on two."""
    if scope == PortalScope.REGION:
        return codes
    if scope == PortalScope.DEPARTEMENT:
        found = Departement.objects.filter(code__in=codes).values_list("region_id", flat=True)
        return sorted(set(found))
    given = {"epci": tuple(codes)} if scope == PortalScope.EPCI else {"communes": tuple(codes)}
    return sorted(set(Area(**given).inside().values_list("region_id", flat=True)))


@transaction.atomic
def save_portal(*, by: User, portal: RegionalPortal, values: PortalValues) -> RegionalPortal:
    """Change how a portal presents itself. Its address and its territory are what the staff agreed to."""
    if not values.title.strip():
        raise RefusedError("Donnez un titre au portail.")
    if len(values.partners) > MOST_PARTNERS:
        raise RefusedError(f"{MOST_PARTNERS} partenaires au plus.")
    locked = opened(portal)
    locked.title = values.title.strip()
    locked.tagline = values.tagline.strip()
    locked.contact_email, locked.contact_phone = values.contact_email, values.contact_phone.strip()
    locked.website = values.website
    locked.partners = [{"name": name, "url": url} for name, url in values.partners]
    locked.updated_at = timezone.now()
    locked.save()
    audit.record(
        by=by.as_actor(), verb="community.save_portal", object_type="portal", object_key=str(portal.pk)
    )
    return locked


@transaction.atomic
def save_image(*, by: User, portal: RegionalPortal, upload: UploadedFile, caption: str) -> RegionalPortal:
    """Show a picture at the head of the portal: resized, without metadata, described in words. Raises RefusedError."""
    if not caption.strip():
        raise RefusedError("Décrivez l’image en quelques mots, pour qui ne la voit pas.")
    try:
        kept = images.keep(upload, IMAGE_ROOM)
    except RefusedImageError as refusal:
        raise RefusedError(str(refusal)) from None
    return _set_image(by, portal, kept.name, caption.strip())


@transaction.atomic
def remove_image(*, by: User, portal: RegionalPortal) -> RegionalPortal:
    """Take the picture off; its file goes in the night."""
    return _set_image(by, portal, "", "")


def _set_image(by: User, portal: RegionalPortal, name: str, caption: str) -> RegionalPortal:
    locked = opened(portal)
    locked.image, locked.image_caption, locked.updated_at = name, caption, timezone.now()
    locked.save(update_fields=["image", "image_caption", "updated_at"])
    audit.record(
        by=by.as_actor(), verb="community.set_image", object_type="portal", object_key=str(portal.pk),
        details={"is_shown": bool(name)},
    )  # fmt: skip
    return locked


def opened(portal: RegionalPortal) -> RegionalPortal:
    """The portal under its lock, once the staff opened it. Raises RefusedError."""
    locked = RegionalPortal.objects.select_for_update().get(pk=portal.pk)
    if locked.state in {PortalState.ASKED, PortalState.REFUSED}:
        raise RefusedError("Ce portail n’est pas ouvert : l’équipe doit d’abord accepter la demande.")
    return locked
