"""Reads the letters of photographs and scans with Tesseract, a program of the system (ADR 0021).

What it reads is judged by the caller and forgotten: never kept, never logged. One picture is read at a time on the machine, in
bounded time; what could not be read is said, so that somebody looks. Nothing here raises because of a picture.
"""

import csv
import fcntl
import io
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings
from PIL import Image, ImageFilter, ImageOps

# For all the files of one sending: on two idle cores, a page takes between one and two seconds.
SECONDS = 12.0
# Small letters of a table need some 200 points to the inch; more only takes longer.
LONGEST_SIDE = 2200
SHORTEST_LONG_SIDE = 2000
# Less than that, on a page of a table, is chance: shadows, a hand, a wall.
FEWEST_WORDS = 8
_SURE = 60
_LETTERS = re.compile(r"[^\W\d_]")
_LANGUAGES = ("fra", "eng")
_OFF = "none"
# 1: finds which way up the page is. 3: the same without, for a page of a few words.
_LAYOUTS = ("1", "3")
_MOST_SKEW = 12


@dataclass(frozen=True, slots=True)
class Reader:
    """The program that reads, and the language it knows."""

    program: str
    language: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The words of some pictures; `is_whole`: every one was read, or is plainly blank."""

    text: str
    is_whole: bool


def reader() -> Reader | None:
    """The reader of this machine: the one LEVIER_OCR names, or `tesseract` on the PATH; None when there is none."""
    return _found(settings.OCR_COMMAND)


@lru_cache(maxsize=4)
def _found(named: str) -> Reader | None:
    program = None if named.lower() == _OFF else shutil.which(named or "tesseract")
    if program is None:
        return None
    try:
        said = subprocess.run(
            [program, "--list-langs"], capture_output=True, timeout=10, check=False, text=True
        ).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return None
    language = next((one for one in _LANGUAGES if one in said), None)
    return Reader(program, language) if language else None


def until() -> float:
    """The moment (of time.monotonic) when a sending that starts now stops being read."""
    return time.monotonic() + SECONDS


def read(pictures: Iterable[Image.Image], *, until: float) -> Reading:
    """The words of these pictures, as far as time allows."""
    found = reader()
    words: list[str] = []
    is_whole = True
    for picture in pictures:
        said = _words(found, picture, until) if found else None
        words += said or []
        is_whole = is_whole and said is not None
    return Reading("\n".join(words), is_whole)


def _words(own: Reader, picture: Image.Image, until: float) -> list[str] | None:
    """The lines of one picture; none when it is blank, None when it cannot be read."""
    if time.monotonic() >= until:
        return None
    page = _flattened(picture)
    if page is None:
        return []
    page = _straightened(page)
    target = io.BytesIO()
    page.save(target, "PNG", compress_level=1)
    with _turn(until) as is_mine:
        for layout in _LAYOUTS if is_mine else ():
            lines = _asked(own, target.getvalue(), layout, until)
            if lines is not None:
                return lines
    return None


def _asked(own: Reader, page: bytes, layout: str, until: float) -> list[str] | None:
    """Lines of words as the program reads them; None when it finds too few, fails, or takes too long."""
    nice = shutil.which("nice")
    command = [*([nice, "-n", "5"] if nice else []), own.program, "-", "-", "-l", own.language]
    try:
        done = subprocess.run(
            [*command, "--psm", layout, "-c", "tessedit_create_tsv=1"],
            input=page, capture_output=True, timeout=max(until - time.monotonic(), 0.01), check=False,
            env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    rows = csv.DictReader(
        io.StringIO(done.stdout.decode("utf-8", "replace")), delimiter="\t", quoting=csv.QUOTE_NONE
    )
    lines: dict[tuple[str | None, ...], list[str]] = {}
    sure = 0
    for row in rows:
        word = (row.get("text") or "").strip()
        if word:
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(word)
            sure += _number(row["conf"]) >= _SURE and len(_LETTERS.findall(word)) > 2
    return [" ".join(line) for line in lines.values()] if sure >= FEWEST_WORDS else None


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _flattened(picture: Image.Image) -> Image.Image | None:
    """Grey, large enough to be read, under an even light; None for a page without ink."""
    grey = ImageOps.grayscale(picture)
    grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    longest = max(grey.size)
    if longest < SHORTEST_LONG_SIDE:
        grey = ImageOps.scale(grey, SHORTEST_LONG_SIDE / longest, Image.Resampling.LANCZOS)
    small = grey.resize((max(grey.width // 8, 1), max(grey.height // 8, 1)), Image.Resampling.BOX)
    # The paper around each letter: the brightest near it.
    paper = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(6))
    light = np.asarray(paper.resize(grey.size, Image.Resampling.BILINEAR), dtype=np.float32)
    even = (np.asarray(grey, dtype=np.float32) / np.maximum(light, 24) * 255).clip(0, 255)
    # Letters out of focus are a light grey: only what is plainly blank holds none.
    if (even < 235).mean() < 0.0005:
        return None
    return Image.fromarray(even.astype("uint8"))


def _straightened(page: Image.Image) -> Image.Image:
    """Turned by the few degrees that make its lines level."""
    small = page.copy()
    small.thumbnail((900, 900))
    ink = ImageOps.invert(small).point(lambda level: level if level > 60 else 0)
    coarse = max(np.arange(-_MOST_SKEW, _MOST_SKEW + 0.1, 1.5), key=lambda angle: _levelness(ink, angle))
    angle = max(coarse + np.arange(-1, 1.1, 0.25), key=lambda one: _levelness(ink, one))
    if abs(angle) < 0.5:
        return page
    return page.rotate(float(angle), resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _levelness(ink: Image.Image, angle: float) -> float:
    """How sharply lines of ink and blank ones follow each other, turned by so many degrees."""
    rows = np.asarray(ink.rotate(float(angle), resample=Image.Resampling.BILINEAR), dtype=np.float32).sum(1)
    return float(((rows[1:] - rows[:-1]) ** 2).sum())


@contextmanager
def _turn(until: float) -> Iterator[bool]:
    """Whether our turn came in time: a lock of the system, which goes with its process."""
    path = Path(settings.LEVIER_HOME) / "photo-reading.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= until:
                    yield False
                    return
                time.sleep(0.05)
        yield True
