"""Templates: each one compiles, is used, and loads only the tag libraries it needs."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.loader import get_template

from tests.architecture.repository import (
    PACKAGE,
    nodes,
    relative,
    room_files,
    room_of,
    source_text,
    tracked_files,
)

# The first of these tests to run parses every source.
pytestmark = pytest.mark.slow

USES = re.compile(r"""{%-?\s*(?:include|extends)\s+["']([^"']+)["']""")
LOADS = re.compile(r"{%\s*load\s+([^%]+?)\s*%}")

# Templates that load a library they do not use, with its name: a line goes when the load does.
IDLE_LOADS: set[str] = {
    "levier/accounts/templates/account/account_inactive.html: components",
    "levier/accounts/templates/account/code.html: components",
    "levier/accounts/templates/account/confirm_login_code.html: components",
    "levier/accounts/templates/account/login.html: components",
    "levier/accounts/templates/account/logout.html: components",
    "levier/accounts/templates/account/page.html: components",
    "levier/accounts/templates/account/password_change.html: components",
    "levier/accounts/templates/account/password_reset.html: components",
    "levier/accounts/templates/account/password_reset_done.html: components",
    "levier/accounts/templates/account/password_reset_from_key_done.html: components",
    "levier/accounts/templates/account/password_set.html: components",
    "levier/accounts/templates/account/reauthenticate.html: components",
    "levier/accounts/templates/account/request_login_code.html: components",
    "levier/accounts/templates/account/signup.html: components",
    "levier/accounts/templates/account/signup_closed.html: components",
    "levier/accounts/templates/account/verification_sent.html: components",
    "levier/accounts/templates/account/verified_email_required.html: components",
    "levier/directory/templates/directory/search.html: components",
    "levier/dossier/templates/dossier/columns.html: components",
    "levier/dossier/templates/dossier/page.html: components",
    "levier/dossier/templates/dossier/parts/contracts.html: components",
    "levier/dossier/templates/dossier/parts/lever.html: components",
    "levier/dossier/templates/dossier/parts/questions.html: components",
    "levier/dossier/templates/dossier/parts/supplier.html: components",
    "levier/dossier/templates/dossier/parts/warnings.html: components",
    "levier/dossier/templates/dossier/revoke.html: components",
}


@cache
def _templates() -> dict[str, Path]:
    """Name, as Django knows it → file."""
    found = {}
    for path in tracked_files():
        if room_of(path) and "templates" in path.parts and path.suffix in {".html", ".txt"}:
            name = path.as_posix().split("/templates/", 1)[1]
            found[name] = path
    return found


def _django() -> DjangoTemplates:
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    return engine


@cache
def _names_in_python() -> frozenset[str]:
    return frozenset(
        node.value
        for path in room_files(r"\.(html|txt)[\"']")
        for node in nodes(path)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith((".html", ".txt"))
    )


def _replaces_one_of_a_package(name: str) -> bool:
    """Ours is found first, but a package (sign-in, forms) has one of the same name and renders it."""
    folders = [Path(folder) for folder in _django().template_dirs if PACKAGE not in Path(folder).parents]
    return any((folder / name).exists() for folder in folders)


def test_every_template_is_used() -> None:
    templates = _templates()
    assert templates
    used = set(_names_in_python())
    for path in templates.values():
        used.update(USES.findall(source_text(path)))
    unused = [
        relative(path)
        for name, path in templates.items()
        if name not in used and not _replaces_one_of_a_package(name)
    ]
    assert not unused, "nothing renders, extends or includes these"


def test_every_template_compiles_with_the_tag_libraries_it_names() -> None:
    for name in _templates():
        get_template(name)


def test_every_template_named_somewhere_exists() -> None:
    missing = []
    for name in _names_in_python():
        if "/" in name and name.split("/")[0] in {path.parent.name for path in _templates().values()}:
            missing += [] if name in _templates() or _replaces_one_of_a_package(name) else [name]
    for path in _templates().values():
        for name in USES.findall(source_text(path)):
            missing += (
                []
                if name in _templates() or _replaces_one_of_a_package(name)
                else [f"{name} in {relative(path)}"]
            )
    assert not missing


def test_no_template_loads_a_library_for_nothing() -> None:
    libraries = _django().engine.template_libraries
    idle: set[str] = set()
    for path in _templates().values():
        text = source_text(path)
        for names in LOADS.findall(text):
            if " from " in names:
                continue
            rest = LOADS.sub("", text)
            for name in names.split():
                library = libraries[name]
                tags = any(re.search(rf"{{%-?\s*{re.escape(tag)}\b", rest) for tag in library.tags)
                filters = any(re.search(rf"\|\s*{re.escape(one)}\b", rest) for one in library.filters)
                if not tags and not filters:
                    idle.add(f"{relative(path)}: {name}")
    assert idle <= IDLE_LOADS, f"take these loads out: {sorted(idle - IDLE_LOADS)}"
    assert idle >= IDLE_LOADS, f"clean now: take them out of IDLE_LOADS: {sorted(IDLE_LOADS - idle)}"


def test_no_template_holds_inline_script_style_or_handler() -> None:
    """The content security policy would refuse them: the page would be broken, silently."""
    inline = re.compile(
        r"<style\b|\sstyle=|\son[a-z]+=|\shx-on|javascript:|<script(?![^>]*(?:\bsrc=|application/json))", re.I
    )
    guilty = {
        relative(path): found.group(0).strip()
        for path in _templates().values()
        if (found := inline.search(source_text(path)))
    }
    assert not guilty
