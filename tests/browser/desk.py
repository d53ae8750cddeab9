"""What an officer does at the screen, and what every page must keep while they do it."""

from pathlib import Path
from urllib.parse import urlsplit

AXE = (Path(__file__).parent / "vendor" / "axe-core-4.14.1" / "axe.min.js").read_text()
FINDINGS = """
axe.run({preload: false}).then(told => told.violations.map(
    fault => fault.id + ": " + fault.nodes.map(node => node.target.join(" ")).join(", ")
))
"""


class Desk:
    def __init__(self, page, url, language, colours, screenshots):
        self.page, self.url = page, url
        self.language, self.colours = language, colours
        self.screenshots = screenshots
        self.complaints = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _request(self, request):
        if urlsplit(request.url).netloc not in ("", urlsplit(self.url).netloc):
            self.complaints.append(f"asked another host: {request.url}")

    def come(self):
        """To the sign-in, in the language of the desk."""
        self.open("/login/")
        self.page.click(f".bar-languages button[value={self.language}]")

    def sign_in(self, username, password):
        self.come()
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", password)
        self.page.click(".btn-primary")
        self.page.wait_for_selector(".rail")

    def open(self, path):
        self.page.goto(f"{self.url}{path}")

    def find(self, text):
        """Through the search field, from wherever one is, with the keyboard alone."""
        self.page.wait_for_load_state("load")
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def heading(self):
        return self.page.inner_text("h1").strip()

    def keep(self, name):
        """A screenshot of the page, once it holds what every page must hold."""
        self.page.wait_for_load_state("networkidle")
        dark = "_dark" if self.colours == "dark" else ""
        self.page.screenshot(path=self.screenshots / f"{name}_{self.language}{dark}.png")
        assert self.page.evaluate("document.documentElement.lang") == self.language
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 1280, name
        self.page.evaluate(AXE)
        assert self.page.evaluate(FINDINGS) == [], name
        assert self.complaints == [], (name, self.complaints)
