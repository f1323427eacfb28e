"""Keeps a search index in step with its tables: full rebuild, then the change log in the order of commits."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from levier.core import changes
from levier.core.search import Document, IndexBusyError, IndexStatus, TantivyEngine

logger = logging.getLogger("levier.index")

PAUSE_SECONDS = 1.0
RETRY_SECONDS = 5.0
PROGRESS_STEP = 1_000


@dataclass(frozen=True)
class FollowedIndex:
    """One index of the installation.

    ``documents(ids)`` gives the documents of these rows (of all with None); a row that is asked for and does
    not come back leaves the index. Above ``rebuild_above`` waiting changes, a rebuild is quicker than following.
    """

    topic: str
    label: str
    engine: Callable[[], TantivyEngine]
    documents: Callable[[Sequence[int] | None], Iterator[Document]]
    rebuild_above: int = 100_000

    def status(self) -> IndexStatus:
        """Documents, size, dates and position; never raises when there is no index."""
        return self.engine().status()

    def is_usable(self) -> bool:
        """Whether an index stands that this version of the code can read."""
        found = self.status()
        return found.exists and not found.is_outdated

    def rebuild(self, progress: Callable[[int], None] | None = None) -> int:
        """Build the index anew beside the present one, then swap. Returns the number of documents."""
        # Read before the rows are: what commits meanwhile is replayed by the follower, which is harmless.
        position = changes.latest_position()
        count = self.engine().rebuild(self._counted(progress), position=(position.xid, position.row))
        self.engine().close()
        return count

    def follow_once(self) -> int:
        """Apply the waiting changes; returns how many rows of the change log were read."""
        since = self.engine().position() or (0, 0)
        batch = changes.read_changes(self.topic, changes.Position(*since), limit=self.rebuild_above)
        if not batch.rows:
            if since[0] > changes.latest_position().xid:
                # The database was restored on another server, whose transactions are numbered lower: nothing
                # would be followed until they catch up.
                self.rebuild()
            return 0
        if batch.rows >= self.rebuild_above:
            self.rebuild()
            return batch.rows
        ids = [int(key) for key in batch.upserts]
        found = list(self.documents(ids)) if ids else []
        standing = {document["key"] for document in found}
        self.engine().apply(
            upserts=found,
            deletes=[int(key) for key in batch.deletions] + [key for key in ids if key not in standing],
            position=(batch.position.xid, batch.position.row),
        )
        return batch.rows

    def _counted(self, progress: Callable[[int], None] | None) -> Iterator[Document]:
        for number, document in enumerate(self.documents(None), start=1):
            if progress is not None and number % PROGRESS_STEP == 0:
                progress(PROGRESS_STEP)
            yield document


def follow(indexes: Sequence[FollowedIndex], is_stopping: Callable[[], bool]) -> None:
    """Keep the indexes in step until asked to stop; an error is logged and tried again."""
    while not is_stopping():
        read = 0
        for index in indexes:
            try:
                if not index.is_usable():
                    index.rebuild()
                read += index.follow_once()
            except IndexBusyError:
                continue  # a rebuild is going on in another process
            except Exception:
                logger.exception("le suivi de l’index « %s » a échoué, nouvel essai bientôt", index.topic)
                connection.close()
                time.sleep(RETRY_SECONDS)
        if not read:
            for index in indexes:
                index.engine().close()  # a rebuild asked for by somebody else needs the writer's lock
            time.sleep(PAUSE_SECONDS)
