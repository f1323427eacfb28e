"""Documents kept by their content: once, scanned, and for their owner's eyes alone."""

from pathlib import Path
from typing import Any

import pytest

from levier.core.kept_files import forget_unused, keep, path_of, shown
from levier.core.received_files import RefusedFileError

ROOM = "essai"


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME = tmp_path


def test_a_document_is_kept_once_until_nobody_names_it() -> None:
    digest = keep(b"un plan", room=ROOM)
    assert keep(b"un plan", room=ROOM) == digest
    kept = path_of(digest, room=ROOM)
    assert (kept.read_bytes(), kept.stat().st_mode & 0o777) == (b"un plan", 0o600)
    assert forget_unused({digest}, older_than=1e12, room=ROOM) == 0
    assert forget_unused(set(), older_than=0, room=ROOM) == 0
    assert forget_unused(set(), older_than=1e12, room=ROOM) == 1
    assert not kept.exists()


def test_what_the_antivirus_refuses_is_not_kept(settings: Any, tmp_path: Path) -> None:
    settings.ANTIVIRUS_COMMAND = "false"
    with pytest.raises(RefusedFileError, match="antivirus refuse"):
        keep(b"un plan", room=ROOM)
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../plan.exe", "plan.exe"),
        ("C:\\a\\Plan (2).pdf", "Plan (2).pdf"),
        ('a"\r\nb.pdf', "a___b.pdf"),
        (" .. ", "document"),
    ],
)
def test_a_name_says_nothing_but_itself(name: str, plain: str) -> None:
    assert shown(name, "document") == plain
