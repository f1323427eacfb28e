"""The glossary names every table, and nothing that the code does not have."""

import re

import pytest
from django.apps import apps

from tests.architecture.repository import REPOSITORY, python_files, room_of, source_text

pytestmark = pytest.mark.slow

GLOSSARY = REPOSITORY / "docs" / "glossaire.md"


def _rows() -> list[list[str]]:
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]


def _names_in_code_column() -> set[str]:
    return {name for row in _rows() for name in re.findall(r"`(\w+)`", row[1])}


def test_every_table_has_its_french_name() -> None:
    tables = {model.__name__ for model in apps.get_models() if model.__module__.startswith("levier.")}
    assert tables
    assert not tables - _names_in_code_column()


def test_every_class_of_the_glossary_exists() -> None:
    classes = {
        name
        for path in python_files()
        if room_of(path)
        for name in re.findall(r"^ *class (\w+)", source_text(path), re.M)
    }
    named = {name for name in _names_in_code_column() if name[0].isupper()}
    assert not named - classes


def test_every_other_word_of_the_glossary_is_written_in_the_code() -> None:
    written = {
        word for path in python_files() if room_of(path) for word in re.findall(r"\w+", source_text(path))
    }
    words = {name for name in _names_in_code_column() if not name[0].isupper()}
    assert words
    assert not words - written
