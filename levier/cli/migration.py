"""The migration process: connected as the owner, it creates tables and grants the application its rights."""

import os

from levier.core.postgres.server import APP

# The application may read and write rows, never change tables; append-only tables take UPDATE, DELETE and
# TRUNCATE back in their own migration.
GRANTS = f"""
GRANT USAGE ON SCHEMA public TO {APP};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP};
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP};
"""


def migrate() -> None:
    """Apply every migration; with one role for everything (a plain DATABASE_URL) no grant is needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        # Two processes that start at once migrate one after the other; the lock ends with the connection.
        cursor.execute("SELECT pg_advisory_lock(hashtext('levier migrate'))")
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
        if cursor.fetchone():
            cursor.execute(GRANTS)
    call_command("migrate", interactive=False, verbosity=0)


if __name__ == "__main__":
    migrate()
