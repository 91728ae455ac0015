"""A headless Chromium that looks at dashboards as a person would."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from watch import CHART_DATA, Watch

from datenlabor.service.superset import PYTHON

# What these tiles show where they are empty is good news, as their title says.
GOOD_NEWS = re.compile(r"[^()]* \(leer: [^()]+\)(( \d+)? Für diese Abfrage .*)?")

FLAGS = [
    "--no-sandbox",
    # Maps need WebGL, which a machine without a graphics card has only in software.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # On two busy cores software may be slow; it must not be taken for a graphics card that hangs,
    # after which maps would stay empty in every page.
    "--disable-gpu-watchdog",
    "--disable-domain-blocking-for-3d-apis",
    "--disable-gpu-process-crash-limit",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
]
# Everything but the maps takes a fifth of the time when it is not drawn by a card in software. On
# pages with several canvases a rectangle of a map may then stay white: nothing for pictures.
FAST = "--disable-gpu-compositing"
EXECUTABLES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTH = 1280
# A window as tall as the page shows everything at once.
TALL = 5900
SCREEN: ViewportSize = {"width": WIDTH, "height": 900}
# Superset draws every tile at once for a browser that is remote controlled; for a person those on
# the screen and the next one.
AS_A_PERSON = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false });"
MARGIN = 24
TIMEOUT_MS = 60_000
PAUSE_MS = 400
MOST_PAUSES = 20


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a headless Chromium of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=[*FLAGS, FAST])
        try:
            yield browser
        finally:
            browser.close()


def executable() -> str | None:
    """Return where the system's Chromium is, none where Playwright's own is to be taken."""
    return next(filter(None, map(shutil.which, EXECUTABLES)), None)


@contextmanager
def logged_in(
    browser: Browser, url: str, user: str, password: str, *, for_pictures: bool = False
) -> Iterator[BrowserContext]:
    """Log in through the form; every page of the context then belongs to that user.

    It has a profile of its own, as people's browsers have: without one Chromium would translate
    Superset's scripts anew for every page. ``for_pictures``: slower, and draws everything.
    """
    with (
        TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        browser.browser_type.launch_persistent_context(
            profile,
            executable_path=executable(),
            args=FLAGS if for_pictures else [*FLAGS, FAST],
            viewport={"width": WIDTH, "height": TALL},
            locale="de-DE",
            timezone_id="Europe/Berlin",
        ) as context,
    ):
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(FORGET_PAGES)
        page = context.new_page()
        # From there to a page that takes no time, unlike the first page of Superset.
        page.goto(f"{url}/login/?next=/health")
        page.fill("#username", user)
        page.fill("#password", password)
        page.click("button[type=submit]")
        page.wait_for_url(f"{url}/health")
        answer = page.request.get(f"{url}/api/v1/me/")
        assert answer.ok, f"{user} is not logged in: {answer.status} {answer.text()}"
        page.close()
        yield context


def open_dashboard(
    context: BrowserContext, url: str, slug: str, *, charts: int, has_filters: bool = True
) -> tuple[Page, Watch]:
    """Open a dashboard in a page of its own and wait until all its charts are drawn.

    Where it has no filters, an editor gets an empty bar for them; it is left out, as for viewers.
    """
    page = context.new_page()
    watch = Watch(url)
    watch.attach(page)
    page.goto(f"{url}/superset/dashboard/{slug}/?show_filters={int(has_filters)}")
    wait_until_drawn(page, charts)
    return page, watch


def wait_until_drawn(page: Page, charts: int) -> None:
    """Wait until all charts show a picture, a table, a number or an error."""
    page.wait_for_load_state("networkidle")
    try:
        page.wait_for_function(DRAWN, arg=charts)
    except PlaywrightTimeout as error:
        raise AssertionError(
            f"{page.url}: {charts} charts are to be drawn; empty or loading are "
            f"{page.evaluate(UNDRAWN)}"
        ) from error


def picture(page: Page) -> bytes:
    """Return the dashboard as PNG, cut off below its last row, once nothing moves any more."""
    bottom = page.evaluate("document.querySelector('.grid-content').getBoundingClientRect().bottom")
    clip = {"x": 0, "y": 0, "width": WIDTH, "height": min(bottom + MARGIN, TALL)}
    last = b""
    for _ in range(MOST_PAUSES):
        current = page.screenshot(clip=clip)  # type: ignore[arg-type]  # the type is private
        if current == last:
            return current
        last = current
        page.wait_for_timeout(PAUSE_MS)
    raise AssertionError("the page keeps moving")


def with_few_colours(image: bytes) -> bytes:
    """Return a PNG with 256 colours: a third of the size, and no difference to be seen."""
    reduced = subprocess.run([PYTHON, "-c", REDUCE], input=image, capture_output=True, check=True)
    return reduced.stdout


def table_of(page: Page, title: str) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the column headings and the rows of the table under a title, as text."""
    content = page.evaluate(TABLE, title)
    assert content is not None, f"no table under the title {title}"
    headings, rows = content
    return [plain(text) for text in headings], [tuple(map(plain, row)) for row in rows]


def plain(text: str) -> str:
    """Return a text without line breaks and no-break spaces."""
    return " ".join(text.split())


def titles(page: Page) -> list[str]:
    """Return the titles of the charts."""
    return [plain(text) for text in page.locator(TITLE).all_inner_texts()]


def choose(page: Page, filter_id: str, value: str, charts: int) -> None:
    """Choose one value in a filter and apply it, as a person would."""
    pick(page, filter_id, value)
    apply(page, charts)


def pick(page: Page, filter_id: str, value: str) -> None:
    """Choose one value in a filter; filters that depend on it may change what they offer."""
    page.locator(f'[data-test="{filter_id}"]').click()
    page.keyboard.type(value)
    page.locator(f'.ant-select-item-option[title="{value}"]').click()


def apply(page: Page, charts: int) -> None:
    """Apply what is chosen in the filters."""
    with page.expect_response(lambda answer: CHART_DATA in answer.url):
        page.locator(APPLY).click()
    wait_until_drawn(page, charts)


def troubles(page: Page) -> list[str]:
    """Return what Superset shows instead of a chart: errors and empty results."""
    found: list[str] = page.evaluate(TROUBLES)
    return found


def bad_troubles(page: Page) -> list[str]:
    """Return them without those that are good news."""
    return [text for text in troubles(page) if not GOOD_NEWS.fullmatch(text)]


def scrolling(page: Page) -> list[str]:
    """Return everything outside the charts that scrolls sideways once the page has settled.

    After a change of width Superset draws its tiles anew, one after the other.
    """
    found: list[str] = []
    for _ in range(MOST_PAUSES):
        page.wait_for_timeout(PAUSE_MS)
        found = page.evaluate(SCROLLING)
        if not found:
            break
    return found


# Pillow comes with Superset, in its environment.
REDUCE = """
import sys
from PIL import Image
image = Image.open(sys.stdin.buffer).convert("RGB")
image = image.quantize(256, dither=Image.Dither.NONE)
image.save(sys.stdout.buffer, "PNG", optimize=True)
"""

DRAWN = """(count) => {
  const drawn = ['canvas', 'svg', 'tbody tr', '.header-line', '.ant-empty']
    .map((shape) => `.slice_container ${shape}`);
  const done = [...document.querySelectorAll('.dashboard-component-chart-holder')]
    .filter((holder) => holder.querySelector(`${drawn}, .ant-alert, .ant-empty`));
  return done.length >= count && !document.querySelector(
    '.dashboard-component-chart-holder .loading, [data-test="loading-indicator"]');
}"""

DRAWN_ON_SCREEN = """() => {
  const shapes = ['canvas', 'svg', 'tbody tr', '.header-line', '.ant-empty'];
  const drawn = shapes.map((shape) => `.slice_container ${shape}`).join(', ');
  const holders = [...document.querySelectorAll('.dashboard-component-chart-holder')]
    .filter((holder) => holder.querySelector('[data-test="slice-header"]'))
    .filter((holder) => holder.getBoundingClientRect().top < innerHeight
      && holder.getBoundingClientRect().bottom > 0);
  return holders.length > 0 && holders.every((holder) => !holder.querySelector('.loading')
    && holder.querySelector(`${drawn}, .ant-alert, .ant-empty`));
}"""

# Superset keeps a note of every dashboard for its chart editor until somebody leaves the page. One
# that a test closes is not left, and a hundred notes cost each further page more than a second.
FORGET_PAGES = """if (location.pathname.startsWith('/superset/dashboard/'))
  localStorage.removeItem('dashboard__explore_context');"""

UNDRAWN = """() => [...document.querySelectorAll('.dashboard-component-chart-holder')]
  .filter((holder) => holder.querySelector('.header-title'))
  .filter((holder) => holder.querySelector('.loading') || !holder.querySelector(
    '.slice_container :is(canvas, svg, tbody tr, .header-line), .ant-empty, .ant-alert'))
  .map((holder) => holder.querySelector('.header-title').innerText)"""

TITLE = '[data-test="slice-header"] .header-title'

APPLY = '[data-test="filter-bar__apply-button"]'

TABLE = """(title) => {
  const holder = [...document.querySelectorAll('.dashboard-component-chart-holder')].find(
    (one) => one.querySelector('.header-title')?.innerText.trim() === title);
  if (!holder?.querySelector('tbody')) return null;
  const text = (row) => [...row.querySelectorAll('th, td')].map((cell) => cell.innerText);
  const [head] = holder.querySelectorAll('thead tr');
  return [text(head), [...holder.querySelectorAll('tbody tr')].map(text)];
}"""

TROUBLES = """() => [...document.querySelectorAll(
    '.dashboard .ant-alert, .dashboard .ant-empty, .dashboard .ant-empty-description,'
    + ' .dashboard [role=alert], .ant-notification-notice, [data-test="error-boundary"]')]
  .map((element) => {
    const holder = element.closest('.dashboard-component-chart-holder');
    return (holder ?? element).innerText.replace(/\\s+/g, ' ').slice(0, 300);
  })"""

SCROLLING = """() => [document.documentElement, ...document.body.querySelectorAll('*')]
  .filter((element) => !element.closest('.slice_container'))
  .filter((element) => element === document.documentElement
    || ['auto', 'scroll'].includes(getComputedStyle(element).overflowX))
  .filter((element) => element.scrollWidth > element.clientWidth + 1)
  .map((element) => `${element.tagName}.${element.className}:`
    + ` ${element.scrollWidth} > ${element.clientWidth}`)"""
