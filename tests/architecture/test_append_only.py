"""Tables that only grow: the list, and the database refusing the rest to the application."""

import pytest
from django.apps import apps
from django.db import connection

# Every table whose rows are never changed nor removed. A new one: its migration gives it the triggers below.
APPEND_ONLY = {
    "core_auditevent",
    "purchasing_purchaseevent",
    "clauses_studyversion",
    "clauses_lotchoice",
    "clauses_ownvalue",
    "execution_ledgerposting",
    "execution_peopleaccess",
    "execution_proofsample",
    "execution_defaultstep",
}

pytestmark = pytest.mark.django_db


def test_the_tables_guarded_by_triggers_are_exactly_these() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " JOIN pg_proc ON pg_proc.oid = tgfoid WHERE proname = 'core_refuse_change' AND tgenabled <> 'D'"
        )
        assert {name for (name,) in cursor.fetchall()} == APPEND_ONLY


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_application_may_add_and_read_only(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT privilege"
            " FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege"
            " WHERE has_table_privilege(current_user, %s, privilege)",
            [table],
        )
        assert {name for (name,) in cursor.fetchall()} == {"SELECT", "INSERT"}


def test_the_application_owns_no_table_and_may_empty_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND (pg_get_userbyid(relowner) = current_user OR has_table_privilege(oid, 'TRUNCATE'))"
        )
        assert cursor.fetchall() == []


def test_every_append_only_table_is_one_of_ours() -> None:
    ours = {model._meta.db_table for model in apps.get_models() if model.__module__.startswith("levier.")}
    assert ours >= APPEND_ONLY
