"""Trades written as they sound: what is mended, and the names that are left alone."""

import pytest

from levier.reference.sectors import sectors_asked
from levier.reference.spelling import mended_trade, sound_of


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("informatik", "informatique"), ("informatic", "informatique"), ("plonbier", "plombier"),
        ("massonnerie", "maconnerie"), ("électrissien", "electricien"), ("kouture", "couture"),
        ("netoyaje de bureaux", "nettoyage de bureaux"), ("demenajeur", "demenageur"), ("peinttre", "peintre"),
    ],
)  # fmt: skip
def test_a_mistake_of_sound_is_mended_and_means_a_trade(typed: str, meant: str) -> None:
    assert mended_trade(typed) == meant
    assert sectors_asked(meant)


@pytest.mark.parametrize(
    "text",
    ["Cocagne", "Emmaüs", "Sineo", "Recyclis", "Ateliers de Valmont", "traiteur", "menu", "", "12345", "…"],
)
def test_names_known_words_and_short_words_are_left_alone(text: str) -> None:
    assert mended_trade(text) == ""


def test_one_letter_apart_is_enough_for_a_word_that_stands_nowhere_only() -> None:
    assert mended_trade("blanchissarie") == ""
    assert mended_trade("blanchissarie", near={"blanchissarie"}) == "blanchisserie"
    # Two letters exchanged.
    assert mended_trade("plmobier", near={"plmobier"}) == "plombier"


def test_words_that_sound_alike_have_one_key() -> None:
    assert sound_of("photographe") == sound_of("fotografe")
    assert sound_of("jardinier") == sound_of("jardinié") != sound_of("jardinage")
