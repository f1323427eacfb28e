"""Pictures of a sheet: resized, re-encoded, stripped; refused with a sentence; served; forgotten."""

import io
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from levier.accounts.errors import RefusedError
from levier.core.audit import Actor
from levier.directory import tasks
from levier.directory.ownership import actions, images
from tests.factories.ownership import listed_supplier


def photo(
    size: tuple[int, int] = (64, 48), form: str = "JPEG", mode: str = "RGB", **options: Any
) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new(mode, size, (10, 120, 90) if mode == "RGB" else (10, 120, 90, 0)).save(target, form, **options)
    return SimpleUploadedFile("photo.bin", target.getvalue())


def kept(image: images.KeptImage, size: str = "grande") -> Image.Image:
    path = images.path_of(image.name, size)
    assert path is not None
    return Image.open(path)


@pytest.mark.slow
def test_a_large_picture_is_made_small_in_two_sizes() -> None:
    image = images.keep(photo((2400, 1200)))
    assert (image.width, image.height) == (1600, 800)
    with kept(image) as large, kept(image, "petite") as small:
        assert large.format == small.format == "JPEG"
        assert small.size == (480, 240)


def test_where_and_when_a_picture_was_taken_is_forgotten_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Marque de l’appareil"
    exif.get_ifd(0x8825)[1] = "N"
    image = images.keep(photo((64, 48), exif=exif.tobytes()))
    with kept(image) as large:
        assert large.size == (48, 64)
        assert not large.getexif()
    path = images.path_of(image.name, "grande")
    assert path is not None
    assert b"Marque" not in path.read_bytes()


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("WEBP", "RGB"), ("PNG", "RGB")])
def test_png_and_webp_become_jpeg_on_white(form: str, mode: str) -> None:
    with kept(images.keep(photo(form=form, mode=mode))) as large:
        assert large.mode == "RGB"
        if mode == "RGBA":
            assert min(large.getpixel((5, 5))) > 250  # type: ignore[type-var, arg-type]


def test_the_same_picture_is_kept_once(tmp_path: Path) -> None:
    assert images.keep(photo()) == images.keep(photo())
    assert len(list((tmp_path / "media").glob("??/*"))) == 2


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"<svg/>", b"GIF89a" + b"\0" * 40, b"\xff\xd8\xff\xe0 tronque"]
)
def test_what_is_no_picture_is_refused_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="JPEG, PNG ou WebP"):
        images.keep(SimpleUploadedFile("photo.jpg", content))
    assert not (tmp_path / "media").exists()


def test_a_photo_of_a_phone_says_how_to_send_it_as_jpeg() -> None:
    heic = b"\0\0\0\x18ftypheic" + b"\0" * 40
    with pytest.raises(RefusedError, match="Le plus compatible"):
        images.keep(SimpleUploadedFile("IMG_0001.HEIC", heic))


def test_a_picture_is_described_again_brought_sooner_or_taken_off() -> None:
    shown = [{"name": "a", "caption": "A"}, {"name": "b", "caption": "B"}]

    def after(name: str, act: str, caption: str = "") -> list[str]:
        return [one["caption"] for one in images.changed(shown, name, act, caption)]

    assert after("b", "legende", " Cuisine ") == ["A", "Cuisine"]
    assert after("b", "avancer") == ["B", "A"]
    assert after("a", "avancer") == after("inconnue", "retirer") == ["A", "B"]
    assert after("a", "retirer") == ["B"]
    with pytest.raises(RefusedError, match="ne la voient pas"):
        after("a", "legende", "  ")


def test_too_many_bytes_or_points_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MOST_PIXELS", 1_000)
    with pytest.raises(RefusedError, match="millions de points"):
        images.keep(photo())
    monkeypatch.setattr(images, "MOST_BYTES", 10)
    with pytest.raises(RefusedError, match="10 Mo"):
        images.keep(photo())


@pytest.mark.django_db
def test_a_picture_is_public_and_kept_long_by_browsers(client: Client) -> None:
    image = images.keep(photo())
    response = client.get(f"/medias/{image.name}-petite.jpg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]
    response.close()
    for address in (f"{image.name}-enorme", f"{'0' * 32}-petite", "x-petite"):
        assert client.get(f"/medias/{address}.jpg").status_code == 404


@pytest.mark.django_db
def test_a_picture_off_every_sheet_goes_after_a_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown, left = images.keep(photo()), images.keep(photo((65, 48)))
    supplier = listed_supplier()
    actions.state_groups(
        by=Actor.machine("essai"),
        supplier=supplier,
        groups={"images": [{"name": shown.name, "caption": "x"}]},
    )
    tasks.forget_unused_files(0)
    assert images.path_of(left.name, "grande")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 2 * tasks.DAY_SECONDS)
    tasks.forget_unused_files(0)
    assert images.path_of(left.name, "grande") is None
    assert images.path_of(shown.name, "grande")
