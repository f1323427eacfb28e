"""Photographs and scans: payslips are refused, statements of hours pass, what could not be read is kept and said."""

import fcntl
import io
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageFilter

from levier.core import photo_reading
from levier.core.received_files import ReceivedFile, RefusedFileError, cleaned, receive

PAPERS = Path(__file__).parent / "papers"
ROOM = "photographs-for-tests"
# Fifty times what a page takes on a quiet machine.
AMPLE = 60.0
needs_tesseract = pytest.mark.skipif(
    not shutil.which("tesseract"), reason="PHOTOS NON LUES : apt install tesseract-ocr tesseract-ocr-fra"
)


@pytest.fixture(autouse=True)
def _home(settings: Any, tmp_path: Path) -> None:
    settings.LEVIER_HOME, settings.OCR_COMMAND = tmp_path, ""


def page(name: str) -> Image.Image:
    """A fictitious paper, as its printer gives it."""
    drawn: bytes = typst.compile(str(PAPERS / f"{name}.typ"), format="png", ppi=170)
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def tilted(paper: Image.Image) -> Image.Image:
    """Laid askew on a table."""
    table = Image.new("RGB", (int(paper.width * 1.2), int(paper.height * 1.2)), (120, 90, 60))
    table.paste(paper, (paper.width // 10, paper.height // 10))
    return table.rotate(7, fillcolor=(120, 90, 60), resample=Image.Resampling.BICUBIC)


def dark(paper: Image.Image) -> Image.Image:
    """In a corner without light, a little out of focus, made small by a messaging service."""
    paper.thumbnail((1200, 1200))
    pixels = np.asarray(paper, dtype=float)
    light = np.linspace(0.15, 0.6, paper.width)[None, :, None]
    noisy = pixels * light + np.random.default_rng(3).normal(0, 6, pixels.shape)
    return Image.fromarray(noisy.clip(0, 255).astype("uint8")).filter(ImageFilter.GaussianBlur(0.5))


def on_its_side(paper: Image.Image) -> Image.Image:
    """A quarter of a turn, and nothing in the file says so."""
    return paper.rotate(90, expand=True)


def photo(picture: Image.Image, kind: str = "JPEG") -> bytes:
    """The bytes of a picture."""
    target = io.BytesIO()
    picture.save(target, kind)
    return target.getvalue()


def sent(content: bytes) -> ReceivedFile:
    """Received as a proof, with all the time that it takes."""
    return receive(SimpleUploadedFile("IMG_1.jpg", content), room=ROOM, until=time.monotonic() + AMPLE)


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "taken"),
    [
        ("payslip_classic", tilted),
        ("payslip_clarified", dark),
        ("payslip_cut", on_its_side),
    ],
)
def test_a_photographed_payslip_is_refused_and_nothing_is_kept(
    name: str, taken: Callable[[Image.Image], Image.Image], tmp_path: Path
) -> None:
    with pytest.raises(RefusedFileError, match="bulletin de paie"):
        sent(photo(taken(page(name))))
    assert [one.name for one in tmp_path.rglob("*") if one.stat().st_size] == []


@needs_tesseract
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "taken"),
    [("statement_agency", tilted), ("attendance_sheet", on_its_side)],
)
def test_a_photographed_statement_passes_and_is_read(
    name: str, taken: Callable[[Image.Image], Image.Image]
) -> None:
    assert sent(photo(taken(page(name)))).is_read


@needs_tesseract
@pytest.mark.slow
def test_a_scanned_payslip_is_refused_as_a_photograph_is() -> None:
    with pytest.raises(RefusedFileError, match="bulletin de paie"):
        sent(photo(page("payslip_clarified"), "PDF"))


def test_a_photograph_of_a_phone_is_kept_as_jpeg() -> None:
    made = cleaned((PAPERS / "small.heic").read_bytes(), "IMG_1.HEIC", until=0)
    with Image.open(io.BytesIO(made.content)) as image:
        assert (image.format, image.size, made.extension) == ("JPEG", (64, 32), "jpg")


def _program(folder: Path, body: str) -> str:
    path = folder / "reader"
    path.write_text(f'#!/bin/sh\n[ "$1" = --list-langs ] && echo fra && exit 0\n{body}\n')
    path.chmod(0o700)
    return str(path)


@pytest.mark.parametrize("body", ["exit 1", "exec sleep 60", "echo"])
def test_what_could_not_be_read_in_time_is_kept_and_said(body: str, settings: Any, tmp_path: Path) -> None:
    settings.OCR_COMMAND = _program(tmp_path, body)
    picture, started = photo(tilted(page("payslip_cut"))), time.monotonic()
    kept = receive(SimpleUploadedFile("IMG_1.jpg", picture), room=ROOM, until=started + 0.9)
    assert not kept.is_read and (tmp_path / ROOM / kept.name).exists()
    assert time.monotonic() - started < 40


def test_a_blank_back_is_read_and_a_blur_is_not(settings: Any, tmp_path: Path) -> None:
    settings.OCR_COMMAND = _program(tmp_path, "echo")
    grain = np.random.default_rng(1).normal(240, 2, (900, 700))
    blank = Image.fromarray(grain.clip(0, 255).astype("uint8"))
    blurred = page("payslip_cut").filter(ImageFilter.GaussianBlur(20))
    found = [photo_reading.read([one], until=time.monotonic() + AMPLE).is_whole for one in (blank, blurred)]
    assert found == [True, False]


def test_one_picture_is_read_at_a_time(settings: Any, tmp_path: Path) -> None:
    settings.OCR_COMMAND = _program(tmp_path, f"touch {tmp_path}/was-called")
    with (tmp_path / "photo-reading.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        reading = photo_reading.read([page("payslip_cut")], until=time.monotonic() + 0.6)
    assert not reading.is_whole and not (tmp_path / "was-called").exists()


@pytest.mark.parametrize("named", ["none", "absent-d-ici"])
def test_without_a_program_nothing_is_read(named: str, settings: Any) -> None:
    settings.OCR_COMMAND = named
    assert photo_reading.reader() is None
    assert photo_reading.read([Image.new("L", (9, 9))], until=time.monotonic() + AMPLE).is_whole is False
