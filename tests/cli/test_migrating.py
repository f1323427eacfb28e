"""`--prepare` on tables older than the program: their owner makes them; on tables up to date, nothing starts."""

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from levier.cli import database


@pytest.mark.django_db
@pytest.mark.slow
def test_tables_are_made_by_their_owner_only_when_a_migration_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(database, "as_owner", started.append)
    monkeypatch.setattr(connection, "close", lambda: None)
    database.migrate_if_needed()
    assert started == []
    MigrationRecorder(connection).migration_qs.filter(app="directory").latest("pk").delete()
    database.migrate_if_needed()
    assert started == ["levier.cli.migration"]
