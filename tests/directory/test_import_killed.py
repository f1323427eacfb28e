"""An import killed at any moment leaves yesterday's directory whole, and the next one finishes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from levier.directory.sources import SOURCES
from tests.databases import fresh_database, reference_template
from tests.environment import REPOSITORY


@pytest.mark.slow
def test_twenty_killed_imports_break_nothing(tmp_path: Path) -> None:
    sample = SOURCES["siae"].folder / "sample.csv"
    today = tmp_path / "today.csv"
    today.write_text(
        sample.read_text(encoding="utf-8").replace("1 place du Marché", "2 place du Marché"), "utf-8"
    )
    with fresh_database(reference_template(), "_killed") as name:
        done = subprocess.run(
            [sys.executable, "-m", "tests.directory.killed_imports", name, str(sample), str(today)],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "levier.config.settings"},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert "broken" not in said["seen"]
    assert said["seen"].count("before") >= 10
    assert said["killed"] >= 10
    assert (said["finished"], said["still running"]) == (True, 0)
    assert said["said killed"] > 0
