"""Two first starts at once: one prepares, the other waits, and both sign with the same key."""

import secrets
import threading
from pathlib import Path

import pytest

from levier.cli.alone import alone
from levier.config import settings as declared


def test_a_second_command_says_that_it_waits_then_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LEVIER_HOME", str(tmp_path))
    order: list[str] = []

    def second() -> None:
        with alone():
            order.append("second")

    with alone():
        waiting = threading.Thread(target=second)
        waiting.start()
        said = ""
        while "j’attends" not in said:
            said += capsys.readouterr().err
        order.append("first")
    waiting.join(timeout=10)
    assert order == ["first", "second"]


def test_whoever_writes_the_key_second_takes_the_key_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "LEVIER_HOME", tmp_path)

    def made_while_another_start_writes(size: int) -> str:
        (tmp_path / "secret-key").write_text("the key of the first")
        return "the key of the second"

    monkeypatch.setattr(secrets, "token_urlsafe", made_while_another_start_writes)
    assert declared._development_secret_key() == "the key of the first"
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_the_key_is_for_its_owner_alone_and_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "LEVIER_HOME", tmp_path)
    key = declared._development_secret_key()
    assert len(key) > 40
    assert declared._development_secret_key() == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600
