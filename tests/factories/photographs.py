"""A photograph with some ink, and a program that reads in any photograph what a test wants."""

import io
from pathlib import Path

from PIL import Image, ImageDraw

_REST = [
    "mars",
    "deux",
    "mille",
    "vingt-sept",
    "chantier",
    "groupe",
    "scolaire",
    "entreprise",
    "salarié",
    "semaine",
]


def inked_photo() -> bytes:
    """A sheet with a line drawn on it."""
    picture = Image.new("RGB", (120, 80), "white")
    ImageDraw.Draw(picture).line((10, 10, 100, 60), fill="black", width=6)
    target = io.BytesIO()
    picture.save(target, "JPEG")
    return target.getvalue()


def reader_that_says(folder: Path, words: str) -> str:
    """The path of a program that answers as Tesseract does, with these words and a few of any paper."""
    rows = ["\t".join(["conf", "text", "block_num", "par_num", "line_num"])]
    rows += [f"95\t{word}\t1\t1\t1" for word in [*words.split(), *_REST]]
    (folder / "said.tsv").write_text("\n".join(rows) + "\n")
    path = folder / "reader"
    path.write_text(f'#!/bin/sh\n[ "$1" = --list-langs ] && echo fra && exit 0\ncat "{folder}/said.tsv"\n')
    path.chmod(0o700)
    return str(path)
