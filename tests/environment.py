"""Loaded before the settings: a home of its own for the tests, and a fast embedded server.

A pytest plugin rather than a conftest, because pytest-django reads the settings before any conftest.
"""

import os
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED_DATA = Path(os.environ.get("LEVIER_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))

os.environ.setdefault("LEVIER_HOME", str(REPOSITORY / "var-test"))
os.environ["LEVIER_ENV"] = "development"
# A page takes a second to read: only what tests it does.
os.environ["LEVIER_OCR"] = "none"
os.environ["LEVIER_ANONYMOUS_CALLS_PER_MINUTE"] = "0"
# The tests' data may be lost with the machine: durability is traded for speed.
os.environ.setdefault(
    "LEVIER_POSTGRES_OPTIONS",
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c log_min_duration_statement=-1",
)

if not os.environ.get("DATABASE_URL"):
    from levier.core.postgres import EmbeddedServer, ServerPlaces

    server = EmbeddedServer(ServerPlaces.of(Path(os.environ["LEVIER_HOME"])))
    server.attach()
