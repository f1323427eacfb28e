"""One person in front of the site: a page of their own, and what a careful reader would notice on it."""

from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
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
WIDER_THAN_THE_WINDOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) { return []; }
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 5).map((each) => each.outerHTML.slice(0, 120));
}"""


@dataclass
class Visitor:
    """A page in a browser context of its own; every fault of the page is kept for the end of the test."""

    page: Page
    site: Site
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
        """With the password of a demonstration account."""
        self.open("/compte/connexion/")
        self.page.get_by_label("Adresse électronique").fill(email)
        self.page.locator("input[type=password]").fill(self.site.password_of(email))
        self.page.locator("main").get_by_role("button", name="Se connecter").click()
        self.page.wait_for_url(self.site.url + "/")

    def check_accessible(self) -> None:
        """No violation of any rule of axe on the page as it stands."""
        found = Axe().run(self.page)
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"

    def check_main_page(self) -> None:
        """Accessible on a desk and on a phone, and never wider than the window."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            too_wide = self.page.evaluate(WIDER_THAN_THE_WINDOW)
            assert not too_wide, f"{self.page.url} is wider than {width} px: {too_wide}"
            if width != 320:
                self.check_accessible()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
