"""A headless Chromium that looks at dashboards as a person would."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    # Maps need WebGL, which a machine without a graphics card has only in software.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
]
WIDTH = 1280
# Superset draws what is in view: a window as tall as the page shows everything at once.
TALL = 5200
TIMEOUT_MS = 60_000
# Superset's telemetry pixel: the content security policy blocks it, the browser reports that.
TELEMETRY = "scarf.sh"


@dataclass
class Complaints:
    """What went wrong in the browser: script errors, failed requests, requests to strangers."""

    messages: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium of the system."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def logged_in(browser: Browser, url: str, user: str, password: str) -> Iterator[Page]:
    """Log in through the form and yield the page."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": TALL}, locale="de-DE", timezone_id="Europe/Berlin"
    )
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(f"{url}/login/")
    page.fill("#username", user)
    page.fill("#password", password)
    with page.expect_navigation():
        page.click("button[type=submit]")
    try:
        yield page
    finally:
        context.close()


def watch(page: Page, url: str) -> Complaints:
    """Collect what goes wrong on the page from now on."""
    complaints = Complaints()

    def add(text: str) -> None:
        if TELEMETRY not in text:
            complaints.messages.append(text)

    page.on("pageerror", lambda error: add(f"script error: {error}"))
    page.on("requestfailed", lambda request: add(f"failed: {request.url} {request.failure}"))
    page.on(
        "response",
        lambda answer: add(f"{answer.status}: {answer.url}") if answer.status >= 400 else None,
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "data:", "blob:"))
            else add(f"foreign host: {request.url}")
        ),
    )
    return complaints


def open_dashboard(page: Page, url: str, slug: str, charts: int) -> None:
    """Open a dashboard and wait until all its charts are drawn."""
    page.goto(f"{url}/superset/dashboard/{slug}/?show_filters=1")
    page.wait_for_function(DRAWN, arg=charts)
    # Charts fade in.
    page.wait_for_timeout(1500)


DRAWN = """(count) =>
  document.querySelectorAll('.dashboard-component-chart-holder .slice_container').length >= count
  && document.querySelectorAll('.dashboard-component-chart-holder .loading,'
     + ' [data-test="loading-indicator"]').length === 0"""
