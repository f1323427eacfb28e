"""A hostile house for the tests: real PostgreSQL as the application role, closed network, strict templates."""

import gc
import importlib
import os
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.environment import REPOSITORY, SHARED_DATA

_FOLDERS = count()
# A busy machine draws slowly: that is no fault of the property.
hypothesis_settings.register_profile("levier", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("levier")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """The second process of a whole run reads the files from the last one: each rewrites the asserts of half of them.

    Both in the same order would rewrite every file at the same moment, twice; what one wrote, the other finds.
    """
    is_whole = [Path(asked).resolve() for asked in session.config.args] == [Path(__file__).parent]
    if is_whole and os.environ.get("PYTEST_XDIST_WORKER") == "gw1":
        for path in sorted(Path(__file__).parent.glob("[!j]*/**/test_*.py"), reverse=True):
            importlib.import_module(".".join(path.relative_to(REPOSITORY).with_suffix("").parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files of few tests first, in the random order they came in: those of one or two last longest.

    A file goes whole to one process: a long one taken last would leave the other process idle.
    """
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: tests[item.path])


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_unconfigure() -> None:
    """At the end all may go: what stays alive would be told as a leak by the libraries in C++."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """A clone of the migrated template, reached as levier_app: no superuser, no TRUNCATE."""
    from tests.databases import fresh_database, reference_template

    with fresh_database(reference_template()) as name, django_db_blocker.unblock():
        connection = connections["default"]
        connection.close()
        connection.settings_dict["NAME"] = name
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def _demonstration_state(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """A second database that holds the demonstration, and its index: its name and the index folder."""
    from tests.databases import demonstration_template, fresh_database

    template, index = demonstration_template()
    folder = tmp_path_factory.mktemp("demonstration") / "search"
    shutil.copytree(index, folder)
    with fresh_database(template, "_demo") as name:
        yield name, folder


@pytest.fixture(scope="module")
def demonstration(_demonstration_state: tuple[str, Path]) -> Iterator[Path]:
    """The tests of a module read the demonstration directory; gives the folder of its index.

    A database of its own: what these tests see never shows in the others, whatever their order.
    """
    name, folder = _demonstration_state
    with connected_to(name):
        yield folder


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """The connection of this process goes to another test database, then back."""
    connection = connections["default"]
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture(autouse=True, scope="session")
def _closed_network() -> Iterator[None]:
    """Only unix sockets and loopback: a test that reaches out fails, and so does what it shares with others."""
    real_connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        is_remote = self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}
        if is_remote:
            raise AssertionError(f"this test reaches the network: {address}")
        return real_connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(autouse=True, scope="session")
def _test_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What holds for every test: quick passwords, plain static files, and a missing template variable that fails."""
    # Empty, but there: WhiteNoise warns of a missing folder, and a warning is an error here.
    settings.STATIC_ROOT = tmp_path_factory.mktemp("static")
    settings.LOOKUPS_FOLDER = tmp_path_factory.mktemp("lookups")
    # Texts are expected here as they are typed: their spaces have tests of their own, and the journeys see them.
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "french_spaces" not in each]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = StrictTemplateVariable()


@pytest.fixture(autouse=True, scope="session")
def _one_query_to_sign_in() -> Iterator[None]:
    """``force_login`` writes the session that signing in leaves, and nothing else: one query in place of eleven.

    Who already has a session keeps it, as Django does; the sign-in itself is tested by its own pages.
    """
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.models import Session
    from django.test import Client
    from django.utils.crypto import get_random_string

    usual = Client.force_login

    def force_login(client: Client, user: Any, backend: str | None = None) -> None:
        if backend or settings.SESSION_COOKIE_NAME in client.cookies:
            usual(client, user, backend)
            return
        key = get_random_string(32)
        held = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        store = Session.get_session_store_class()()
        Session.objects.create(
            session_key=key, session_data=store.encode(held), expire_date=store.get_expiry_date()
        )
        client.cookies[settings.SESSION_COOKIE_NAME] = key

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", force_login)
        yield


@pytest.fixture(autouse=True)
def _quiet_state(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Mails, index and files of a test stay in a folder of its own; the index of the demonstration is shared.

    The folder is made by whoever writes there: most tests write nothing. Each test gets a new one, none is put back.
    """
    folder = tmp_path_factory.getbasetemp() / f"state-{next(_FOLDERS)}"
    is_demonstration = "demonstration" in request.fixturenames
    settings.MAIL_FOLDER = folder / "mail"
    settings.SEARCH_FOLDER = (
        request.getfixturevalue("demonstration") if is_demonstration else folder / "search"
    )


class StrictTemplateVariable(str):
    """Django renders ``string_if_invalid % name`` when a variable is missing: refuse instead."""

    __slots__ = ()

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __bool__(self) -> bool:
        return True

    def __mod__(self, name: object) -> str:
        raise AssertionError(f"undefined template variable: {name}")


@pytest.fixture
def shared_data() -> Path:
    """The folder of public data beside the repository; skipped with a reason when it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"données publiques absentes ({SHARED_DATA}) : ce test ne peut pas les lire")
    return SHARED_DATA
