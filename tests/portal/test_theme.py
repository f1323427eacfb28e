"""Colours: every pair that meets on the screen reaches WCAG AA."""

import re
from itertools import chain
from pathlib import Path

import pytest

import levier.core

STATIC = Path(levier.core.__file__).parent / "static" / "core"
THEME = (STATIC / "levier.css").read_text(encoding="utf-8")
COMPONENTS = (STATIC / "components.css").read_text(encoding="utf-8")

COLOURS = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6});", THEME))
DECLARED = re.findall(r"contrast: (--[a-z-]+) on (--[a-z-]+) ([0-9.]+)", THEME)
RULES = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", THEME + COMPONENTS, flags=re.S))


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_the_known_ratio() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(("text", "ground", "least"), DECLARED)
def test_a_declared_pair_has_its_contrast(text: str, ground: str, least: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= float(least)


def pairs_of_one_rule() -> list[tuple[str, str, str]]:
    pairs = []
    for selector, body in RULES:
        text = re.search(r"(?<![-\w])color: var\((--[a-z-]+)\)", body)
        ground = re.search(r"(?<![-\w])background(?:-color)?: var\((--[a-z-]+)\)", body)
        if text and ground:
            pairs.append((selector.strip(), text[1], ground[1]))
    return pairs


@pytest.mark.parametrize(("selector", "text", "ground"), pairs_of_one_rule())
def test_a_rule_that_sets_both_colours_is_readable(selector: str, text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5, selector


def test_every_colour_used_is_one_of_the_theme() -> None:
    used = set(chain.from_iterable(re.findall(r"var\((--[a-z-]+)\)", body) for _, body in RULES))
    assert {name for name in used if not name.startswith("--bs-")} <= COLOURS.keys() | {"--radius", "--space"}


def test_components_name_no_colour_of_their_own() -> None:
    assert not re.findall(r"#[0-9a-f]{3,6}\b", COMPONENTS)


def test_every_tone_has_its_status_and_its_notice_in_the_sheet() -> None:
    from levier.core.templatetags.components import TONES

    for tone in TONES:
        assert f".status-{tone} " in COMPONENTS


def test_every_icon_asked_for_by_a_template_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    package = Path(levier.core.__file__).parents[1]
    asked = set()
    for path in package.glob("*/templates/**/*.html"):
        asked |= set(re.findall(r'{% icon "([a-z]+)"', path.read_text(encoding="utf-8")))
    assert asked
    assert asked <= drawn
