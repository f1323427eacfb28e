"""One person in front of the site: a page of their own, and what a careful reader would notice on it."""

from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.journeys.site import Site

WIDTHS = (1280, 390, 320)
HEIGHT = 900
# Told once by the response itself; and a request that a newer one replaced (hx-sync) is no fault, whether
# it was stopped before its answer began or while it was being read: the browser words the two differently.
NOT_A_FAULT = (
    "Failed to load resource: the server responded with a status of",
    "htmx: htmx:error: signal is aborted",
    "htmx: htmx:error: The user aborted a request",
)
# Media and style sheets are not fetched a second time, no page of ours plays a sound or locks the orientation; and a frame holds a page
# of ours, checked apart.
WHERE: dict[str, object] = {"preload": False, "iframes": False, "resultTypes": ["violations"]}
# Three quarters of the work of axe: each pair of an ink and a ground is looked at once in a run.
COLOURS = ("color-contrast", "link-in-text-block")
EVERY_RULE = WHERE | {"rules": {rule: {"enabled": False} for rule in COLOURS}}
RULES_OF_THE_WIDTH = WHERE | {
    "runOnly": [
        "target-size", "scrollable-region-focusable", "link-name", "button-name", "heading-order",
        "empty-heading", "page-has-heading-one", "region", "skip-link",
    ]
}  # fmt: skip
# Half a megabyte of script: sent once to a context, read where it is called.
AXE = f"window.levierAxe = function () {{ {AXE_SCRIPT} }}"
PARTS = (Path(__file__).parent / "parts.js").read_text(encoding="utf-8")
# The first of several twins is looked at; what was seen, here or on another page, is left aside with all it holds.
CHECK_WHAT_IS_NEW = """async ([options, colours, known]) => {
  if (!window.axe) { levierAxe(); }
  const [seen, aside] = [new Set(known), []];
  const walk = (each) => {
    if (seen.has(window.levierParts.get(each))) { aside.push(each); return; }
    [...each.children].forEach(walk);
    seen.add(window.levierParts.get(each));
  };
  walk(document.documentElement);
  const { violations } = await axe.run({ include: [document.documentElement], exclude: aside }, options);
  const fresh = [...window.levierInks].filter(([, ink]) => !seen.has(ink) && seen.add(ink)).map(([each]) => each);
  // A map goes on drawing while axe reads: what it has taken away meanwhile is no part of the page.
  const standing = fresh.filter((each) => each.isConnected);
  if (!colours.length || !standing.length) { return { violations }; }
  const seen_in = await axe.run({ include: standing }, { ...options, rules: {}, runOnly: colours });
  return { violations: [...violations, ...seen_in.violations] };
}"""
WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) { return []; }
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 5).map((each) => each.outerHTML.slice(0, 120));
}"""


class Seen:
    """The parts of pages that were checked without a fault, by any process of a run: a line of a shared file for each."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: set[str] = set()
        self._read = 0

    def among(self, keys: list[str]) -> list[str]:
        """Which of these parts were seen."""
        if self._file.exists():
            with self._file.open("rb") as lines:
                lines.seek(self._read)
                added = lines.read().rpartition(b"\n")[0]
            self._read += len(added) + bool(added)
            self._known.update(added.decode().split())
        return [key for key in keys if key in self._known]

    def add(self, keys: list[str]) -> None:
        """Note them, for every process."""
        with self._file.open("ab", buffering=0) as lines:
            lines.write("".join(f"{key}\n" for key in keys if key not in self._known).encode())


@dataclass
class Visitor:
    """A page in a browser context of its own; every fault of the page is kept for the end of the test."""

    page: Page
    site: Site
    # On the desk and on the phone.
    seen: tuple[Seen, Seen]
    faults: list[str] = field(default_factory=list)
    # Addresses that may answer with an error: the test says so beforehand.
    refused_on_purpose: set[int] = field(default_factory=set)

    def watch(self) -> None:
        """Note script errors, console errors (refusals of the content policy among them), outside calls."""
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", self._hear)
        self.page.on("request", self._see_request)
        self.page.on("response", self._see_response)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NOT_A_FAULT):
            self.faults.append(f"console: {message.text}")

    def _see_request(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.faults.append(f"call outside the site: {request.url}")

    def _see_response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.refused_on_purpose:
            self.faults.append(f"{response.status}: {response.url}")

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(self.site.url + path)

    def ask(self, sentence: str) -> None:
        """From the home page, type a need and send it."""
        self.open("/")
        self.page.get_by_label("Que voulez-vous acheter, et où ?").fill(sentence)
        self.page.get_by_role("button", name="Préparer mon achat").click()
        self.page.wait_for_url("**/dossier")

    def unfold(self, name: str) -> None:
        """Unfold one element of the need."""
        chip = self.page.locator(f"#element-{name}")
        if chip.get_attribute("open") is None:
            chip.locator("summary").click()

    def sign_in(self, email: str) -> None:
        """A demonstration account, from the next page on; signing in as a person does is the accounts' own journey."""
        session = {"name": "sessionid", "value": self.site.session_of(email), "url": self.site.url}
        self.page.context.add_cookies([session])  # type: ignore[list-item]

    def check_accessible(self) -> None:
        """No violation of any rule of axe on the page as it stands, in what no page of this run has shown yet."""
        self._check(EVERY_RULE, COLOURS, self.seen[0])

    def _check(self, options: dict[str, object], colours: tuple[str, ...], seen: Seen) -> None:
        self.page.wait_for_load_state()
        parts = self.page.evaluate(PARTS)
        known = seen.among(parts)
        if len(known) == len(parts):
            return
        found = AxeResults(self.page.evaluate(CHECK_WHAT_IS_NEW, [options, colours, known]))
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        seen.add(parts)

    def check_main_page(self) -> None:
        """Accessible on a desk and on a phone, and never wider than the window.

        On the phone, only what the width can change: the document is the same as on the desk.
        """
        self.page.wait_for_load_state()
        for width in WIDTHS:
            if self.page.viewport_size != (size := {"width": width, "height": HEIGHT}):
                self.page.set_viewport_size(size)  # type: ignore[arg-type]
            too_wide = self.page.evaluate(WIDER_THAN_THE_WINDOW)
            assert not too_wide, f"{self.page.url} is wider than {width} px: {too_wide}"
            if width == WIDTHS[0]:
                self.check_accessible()
            elif width == WIDTHS[1]:
                self._check(RULES_OF_THE_WIDTH, (), self.seen[1])
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
