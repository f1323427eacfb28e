"""The contracts of the demonstration, forgotten by the owner of the tables: cards, candidates, control, ledger."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from levier.accounts.actions import load_demo_accounts
from levier.cli.preparation import INSTALLER
from levier.execution.demo import load_demo_contracts
from tests.conftest import connected_to
from tests.databases import START, demonstration_template, fresh_database, run_python

_FORGET = """
from django.apps import apps
from levier.core.audit import Actor
from levier.execution.demo import forget_demo_contracts
gone = forget_demo_contracts(by=Actor.machine("tests"))
left = {one.__name__ for one in apps.get_app_config("execution").get_models() if one._base_manager.exists()}
print(gone, sorted(left))
"""


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A demonstration of its own: what is written is committed, as the process of the owner must see it."""
    name, _ = demonstration_template()
    with fresh_database(name, "_clear") as database, django_db_blocker.unblock(), connected_to(database):
        yield database


@pytest.mark.slow
def test_the_contracts_of_the_demonstration_go_with_all_that_hangs_on_them(
    committed: str, settings: Any, tmp_path: Path
) -> None:
    """The ledger lets only the owner of the tables delete: that process is another one."""
    settings.LEVIER_HOME = tmp_path
    for load in (load_demo_accounts, load_demo_contracts):
        load(by=INSTALLER)
    assert run_python(START + _FORGET, committed, "owner") == "2 []"
