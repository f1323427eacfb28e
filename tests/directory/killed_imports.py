"""Run by test_import_killed.py in a process of its own: twenty imports killed at random, then one that finishes.

Arguments: the name of the database, the sample of yesterday, the one of today. Prints one JSON object.
The children are forked from here, without any connection: starting Python twenty times would take a minute.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings

KILLS = 20
# The state of the directory, without what a replay may renumber.
SNAPSHOT = """
SELECT md5(coalesce(string_agg(t, '|' ORDER BY t), '')) FROM (
    SELECT concat_ws(';', key, name, address, array_to_string(sectors, ','), origins::text, is_listed) AS t
    FROM directory_supplier
    UNION ALL SELECT concat_ws(';', source_id, source_key, content_hash, gone_since) FROM directory_sourcerecord
) rows
"""


def begun(work: Callable[[], None]) -> int:
    """Start ``work`` in a child."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def lasting(work: Callable[[], None]) -> float:
    """Seconds of ``work`` in a child, its connection included."""
    started = time.perf_counter()
    os.waitpid(begun(work), 0)
    return time.perf_counter() - started


def killed_at(seconds: float, work: Callable[[], None]) -> bool:
    """Do ``work`` in a child and kill it after so many seconds; False when it had ended before."""
    child = begun(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def main(database: str, yesterday: Path, today: Path) -> None:
    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    from django.db import connection, connections

    from levier.core.audit import Actor
    from levier.directory.actions import import_source
    from levier.directory.models import SourceRun
    from levier.directory.sources import judging
    from levier.directory.sources.lookups import lookups_file

    judging._FEWEST = 1  # a part for each row or two: killed between them too

    def load(path: Path) -> None:
        import_source(source="siae", path=path, by=Actor.machine("essai"))

    def snapshot() -> str:
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
            return str(cursor.fetchone()[0])

    load(today)
    whole_today = snapshot()
    lookups_file()
    connections.close_all()
    lasts = lasting(lambda: load(yesterday))
    whole_yesterday = snapshot()
    rng, seen, killed = random.Random(20261125), [], 0
    for number in range(KILLS):
        # Moments are spread over the whole import, one in each twentieth of it.
        moment = lasts * (number + rng.random()) / KILLS
        connections.close_all()
        killed += killed_at(moment, lambda: load(today))
        state = snapshot()
        seen.append("before" if state == whole_yesterday else "after" if state == whole_today else "broken")
        if state != whole_yesterday:
            load(yesterday)
    load(today)
    print(
        json.dumps(
            {
                "killed": killed,
                "seen": seen,
                "finished": snapshot() == whole_today,
                "still running": SourceRun.objects.filter(state="running").count(),
                "said killed": SourceRun.objects.filter(problem__startswith="Arrêté avant la fin").count(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
