"""One installation and one browser for each process of journeys; a context of its own for each visitor."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.site import Site, served
from tests.journeys.visitor import AXE, HEIGHT, WIDTHS, Seen, Visitor

FAILED = pytest.StashKey[bool]()
PATIENCE_MS = 10_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a journey; the start of the site has a limit of its own."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.journey)
            item.add_marker(pytest.mark.timeout(240, func_only=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Remember a failure, so that the visitor's page can be photographed."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """A fresh installation, served by a real process until the last journey of this process."""
    home = f"journeys{os.environ.get('PYTEST_XDIST_WORKER', '')}"
    with served(Path(os.environ["LEVIER_HOME"]) / home) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Headless Chromium, named by LEVIER_CHROMIUM."""
    path = os.environ.get("LEVIER_CHROMIUM")
    if not path:
        pytest.skip("LEVIER_CHROMIUM n'est pas donné : « python -m tests --only-browser » le trouve")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Seen]:
    """What was checked on a desk and on a phone: two files that the processes of one run share."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    return Seen(shared / "seen-on-desk"), Seen(shared / "seen-on-phone")


@pytest.fixture
def new_visitor(
    request: pytest.FixtureRequest, chromium: Browser, site: Site, seen: tuple[Seen, Seen]
) -> Iterator[Callable[..., Visitor]]:
    """Make visitors, each in a context of its own; at the end, any fault seen on their pages fails the test."""
    visitors: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        context = chromium.new_context(
            locale="fr-FR",
            viewport={"width": WIDTHS[0], "height": HEIGHT},
            # What fades is judged once it stands.
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(AXE)
        visitor = Visitor(page=context.new_page(), site=site, seen=seen)
        visitor.watch()
        visitors.append(visitor)
        return visitor

    yield make
    faults = [fault for visitor in visitors for fault in visitor.faults]
    for number, visitor in enumerate(visitors):
        if faults or request.node.stash.get(FAILED, False):
            visitor.page.screenshot(path=site.home / f"{request.node.name}-{number}.png")
        visitor.page.context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def visitor(new_visitor: Callable[..., Visitor]) -> Visitor:
    """One anonymous visitor."""
    return new_visitor()
