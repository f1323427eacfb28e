"""The database counts its days in France."""

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_current_day_of_a_query_is_the_one_of_france() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('TimeZone'), timestamptz '2026-11-25 23:30+00'::date::text")
        assert cursor.fetchone() == (settings.TIME_ZONE, "2026-11-26")
