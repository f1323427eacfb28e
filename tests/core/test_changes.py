"""The change log is read in the order of commits, and the audit trail only grows."""

import time

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from levier.core import audit, changes
from levier.core.models import AuditEvent, Change


def other_connection() -> psycopg.Connection[tuple[object, ...]]:
    database = settings.DATABASES["default"]
    return psycopg.connect(
        host=database["HOST"],
        port=database.get("PORT") or None,
        user=database["USER"],
        password=database.get("PASSWORD") or None,
        dbname=connection.settings_dict["NAME"],
    )


def read_when_visible(topic: str, since: changes.Position, *, rows: int) -> changes.ChangeBatch:
    """Transactions of the whole server hold the log back, those of tests running beside this one too: wait."""
    for _ in range(600):
        batch = changes.read_changes(topic, since)
        if batch.rows >= rows:
            return batch
        time.sleep(0.05)
    return batch


@pytest.mark.django_db
def test_a_late_commit_is_not_skipped() -> None:
    insert = "INSERT INTO core_change (topic, key) VALUES ('test-late', %s)"
    start = changes.latest_position()
    with other_connection() as slow, other_connection() as fast:
        slow.execute(insert, ["first-started"])
        fast.execute(insert, ["first-committed"])
        fast.commit()
        early = changes.read_changes("test-late", start)
        slow.commit()
        late = read_when_visible("test-late", early.position, rows=2)
        fast.execute("DELETE FROM core_change WHERE topic = 'test-late'")
    assert early.upserts == ()  # it waits: an older transaction is still running
    assert late.upserts == ("first-started", "first-committed")
    assert changes.read_changes("test-late", late.position).rows == 0


@pytest.mark.django_db
def test_the_last_word_on_a_key_wins() -> None:
    changes.record_changes("supplier", [1, 2])
    changes.record_changes("supplier", [2], is_deletion=True)
    assert list(Change.objects.order_by("id").values_list("key", "is_deletion")) == [
        ("1", False), ("2", False), ("2", True),
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditevent SET verb = 'x'", "DELETE FROM core_auditevent"]
)
def test_the_audit_trail_refuses_changes(statement: str) -> None:
    event = audit.record(by=audit.Actor.machine("tests"), verb="tests.done")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get(pk=event.pk).verb == "tests.done"


@pytest.mark.django_db
def test_the_application_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE tableowner = current_user AND schemaname = 'public'"
        )
        assert cursor.fetchone() == (0,)
