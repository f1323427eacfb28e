"""What many tests of imports start from: made once for a file whose tests all do, taken back after the last one."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from levier.core.audit import Actor
from levier.directory.actions import ImportReport, import_source
from levier.directory.sources import SOURCES


@pytest.fixture(scope="module")
def siae_list(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ImportReport]:
    """The sample of the SIAE is imported: each test works in a part of this transaction, and gets the report."""
    path = SOURCES["siae"].folder / "sample.csv"
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(LEVIER_HOME=tmp_path_factory.mktemp("siae")):
            report = import_source(source="siae", path=path, by=Actor.machine("essai"))
        yield report
        transaction.set_rollback(True)
