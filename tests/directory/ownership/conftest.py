"""What the tests of owned sheets share: a home of their own, and a supplier."""

from pathlib import Path
from typing import Any

import pytest

from levier.directory.models import Supplier
from tests.factories.ownership import listed_supplier


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


@pytest.fixture
def supplier() -> Supplier:
    return listed_supplier()
