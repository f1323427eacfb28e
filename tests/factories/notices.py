"""Written notices of the samples, with the days of a test."""

from datetime import date, timedelta
from importlib import resources
from pathlib import Path

from django.utils import timezone

SAMPLES = resources.files("levier.purchasing.notices") / "samples"
CALL = "5f6f0f2c-0000-4000-8000-0000000ca110"


def text_of(name: str) -> str:
    """A sample as it is written."""
    return (SAMPLES / name).read_text(encoding="utf-8")


def dated(name: str, *, days_left: int = 30, **changes: str) -> str:
    """A sample sent two days ago, open for `days_left` more; `changes`: texts replaced, by their name with « _ » for « - »."""
    today = timezone.localdate()

    def on(days: int) -> str:
        return (today + timedelta(days=days)).isoformat()

    text = text_of(name)
    for written in ("2027-01-15", "2027-01-29"):
        text = text.replace(written, on(days_left))
    for written in ("2026-11-02", "2026-11-03", "2026-11-10", "2026-11-24"):
        text = text.replace(written, on(-2))
    for written in ("2026-11-18", "2026-11-20"):
        text = text.replace(written, on(-6))
    for before, after in changes.items():
        text = text.replace(before, after)
    return text


def written(folder: Path, name: str, text: str | None = None, *, as_name: str = "") -> Path:
    """A file of that text, else of the dated sample."""
    path = folder / (as_name or name)
    path.write_text(dated(name) if text is None else text, encoding="utf-8")
    return path


def paris(day: date, hour: int) -> str:
    """« 2027-01-15 12:00 »."""
    return f"{day.isoformat()} {hour:02d}:00"
