"""The editorial text of a portal: each saving is a version, and a former one may be taken again."""

from django.db import transaction
from django.utils import timezone

from levier.accounts.models import User
from levier.community.actions.portals import opened
from levier.community.errors import RefusedError
from levier.community.models import PortalText, RegionalPortal
from levier.core import audit

LONGEST_TEXT = 20_000
# A text is changed some times a year; beyond that many versions the oldest tell nothing any more.
MOST_VERSIONS = 200


@transaction.atomic
def save_text(*, by: User, portal: RegionalPortal, text: str, read: int | None = None) -> PortalText:
    """Keep a new version; an unchanged text makes none. `read`: the version the author had under the eyes.

    Raises RefusedError when somebody else has written since: neither text is lost.
    """
    written = text.replace("\r\n", "\n").strip()
    if len(written) > LONGEST_TEXT:
        raise RefusedError(f"Ce texte dépasse {LONGEST_TEXT} caractères : raccourcissez-le.")
    opened(portal)
    last = portal.texts.order_by("-written_at", "-pk").first()
    if last is not None and read is not None and last.pk != read:
        raise RefusedError(
            "Un collègue a enregistré une autre version entre-temps : votre texte est encore dans le champ. "
            "Comparez avec la version ci-dessous, puis enregistrez de nouveau."
        )
    if last is not None and last.text == written:
        return last
    return _added(by, portal, written, None)


@transaction.atomic
def restore_text(*, by: User, version: PortalText) -> PortalText:
    """Show a former version again, as a new one: nothing is lost."""
    opened(version.portal)
    return _added(by, version.portal, version.text, version)


def _added(by: User, portal: RegionalPortal, text: str, restored: PortalText | None) -> PortalText:
    made = PortalText.objects.create(
        portal=portal, text=text, author=by, written_at=timezone.now(), restored=restored
    )
    old = portal.texts.order_by("-written_at", "-pk").values_list("pk", flat=True)[MOST_VERSIONS:]
    PortalText.objects.filter(pk__in=list(old)).delete()
    audit.record(
        by=by.as_actor(), verb="community.save_text", object_type="portal", object_key=str(portal.pk),
        details={"characters": len(text), "is_restored": restored is not None},
    )  # fmt: skip
    return made
