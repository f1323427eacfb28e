"""Photographs of papers, payslips and others: how many are judged right, how long a page takes, against the program alone.

    python -m benchmarks.photographs

The fictitious papers of the tests, each as printed, tilted, small, dark and noisy, on its side, in perspective. Needs Tesseract with French.
"""

import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import typst
from PIL import Image, ImageFilter

PAPERS = Path(__file__).resolve().parents[1] / "tests" / "core" / "papers"
AMPLE = 120.0
TABLE = (120, 90, 60)
_WATCH = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdin=sys.stdin, capture_output=True); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def page(path: Path) -> Image.Image:
    """A paper as its printer gives it."""
    drawn: bytes = typst.compile(str(path), format="png", ppi=200)
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def _laid(paper: Image.Image) -> Image.Image:
    table = Image.new("RGB", (int(paper.width * 1.2), int(paper.height * 1.2)), TABLE)
    table.paste(paper, (paper.width // 10, paper.height // 10))
    return table


def _tilted(paper: Image.Image) -> Image.Image:
    return _laid(paper).rotate(7, fillcolor=TABLE, resample=Image.Resampling.BICUBIC)


def _small(paper: Image.Image) -> Image.Image:
    paper.thumbnail((1000, 1000))
    return paper


def _dark(paper: Image.Image) -> Image.Image:
    pixels = np.asarray(paper, dtype=float)
    light = (
        np.linspace(0.15, 0.6, paper.width)[None, :, None] * np.linspace(1, 0.6, paper.height)[:, None, None]
    )
    noisy = pixels * light + np.random.default_rng(3).normal(0, 6, pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype("uint8")).filter(ImageFilter.GaussianBlur(1))


def _in_perspective(paper: Image.Image) -> Image.Image:
    table = _laid(paper)
    wide, high = table.size
    corners = (
        -0.05 * wide,
        -0.02 * high,
        0.02 * wide,
        1.03 * high,
        0.98 * wide,
        1.08 * high,
        1.06 * wide,
        -0.06 * high,
    )
    return table.transform(table.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


TAKES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "printed": lambda paper: paper, "tilted": _tilted, "small": _small, "dark": _dark,
    "on its side": lambda paper: paper.rotate(90, expand=True), "in perspective": _in_perspective,
}  # fmt: skip


def main() -> None:
    """Judge every photograph twice: as Levier reads it, and as the program alone does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "levier.config.settings")
    os.environ["LEVIER_HOME"] = tempfile.mkdtemp()
    import django

    django.setup()
    from levier.core import payslips, photo_reading

    own = photo_reading.reader()
    if own is None:
        raise SystemExit("Tesseract est introuvable : apt install tesseract-ocr tesseract-ocr-fra")
    right = {"levier": 0, "alone": 0}
    seconds: dict[str, list[float]] = {"levier": [], "alone": []}
    for paper in sorted(PAPERS.glob("*.typ")):
        for name, take in TAKES.items():
            photo = take(page(paper))
            photo.thumbnail((photo_reading.LONGEST_SIDE, photo_reading.LONGEST_SIDE))
            target = io.BytesIO()
            photo.save(target, "JPEG", quality=80)
            started = time.perf_counter()
            with Image.open(target) as opened:
                read = photo_reading.read([opened], until=time.monotonic() + AMPLE).text
            middle = time.perf_counter()
            alone = photo_reading._asked(own, target.getvalue(), "3", time.monotonic() + AMPLE)
            seconds["levier"].append(middle - started)
            seconds["alone"].append(time.perf_counter() - middle)
            for who, words in (("levier", read), ("alone", "\n".join(alone or []))):
                is_right = payslips.is_payslip(words) == paper.name.startswith("payslip")
                right[who] += is_right
                if not is_right:
                    print(f"{who}: {paper.stem}, {name}: wrong")
    count = len(seconds["levier"])
    for who, found in seconds.items():
        print(
            f"{who}: {right[who]} of {count} right, {statistics.median(found):.1f} s a page, {max(found):.1f} s at most"
        )
    print(f"{_memory(own.program, target.getvalue()):.0f} MB in the program; load {os.getloadavg()[0]:.1f}")


def _memory(program: str, picture: bytes) -> float:
    """Megabytes at most in the program for one page, seen by a small process: a fork counts what its parent holds."""
    words = [sys.executable, "-c", _WATCH, program, "-", "-", "-l", "fra", "--psm", "1"]
    done = subprocess.run(words, input=picture, capture_output=True, check=True)
    return int(done.stdout) / 1024


if __name__ == "__main__":
    main()
