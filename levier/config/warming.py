"""What a web process reads once before its first visitor: places, CPV, search indexes."""

import logging
import time

from django.db import Error, connection

from levier.core.search import SearchError

logger = logging.getLogger("levier.start")


def warm() -> None:
    """Load what the first dossier would otherwise wait for. A part that is not ready is left for later."""
    from levier.directory.index import engine as suppliers
    from levier.purchasing.index import engine as contracts
    from levier.reference.queries import cpv_ranker, place_finder

    clock = time.perf_counter()
    for part in (place_finder, cpv_ranker, lambda: suppliers().warm(), lambda: contracts().warm()):
        try:
            part()
        except (Error, SearchError) as problem:
            logger.warning("préchauffage incomplet : %s", problem)
    connection.close()
    logger.info("prêt en %.1f s", time.perf_counter() - clock)
