"""The nightly cleaning of the room."""

import logging
import time

from procrastinate.contrib.django import app

logger = logging.getLogger("levier.community")
DAY_SECONDS = 24 * 3600


@app.periodic(cron="57 3 * * *")
@app.task(name="community.forget_unused_images", queue="maintenance")
def forget_unused_images(timestamp: int) -> None:
    """Pictures that no portal has shown for a day."""
    from levier.community.actions.portals import IMAGE_ROOM
    from levier.community.models import RegionalPortal
    from levier.directory.ownership import images

    used = frozenset(RegionalPortal.objects.exclude(image="").values_list("image", flat=True))
    gone = images.forget_unused(used, time.time() - DAY_SECONDS, IMAGE_ROOM)
    logger.info("images de portails retirées : %s", gone)
