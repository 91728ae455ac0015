"""The pages of open data in a browser: accessible, without outside requests, at every width."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from small_open_data import export, home_with_release
from watch import Watch

PAGES = ["index.html", "sachen/index.html", "liste/index.html"]
WIDTHS = [320, 768, 1280]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the exports below some path, as any web server may."""
    root = tmp_path_factory.mktemp("open")
    export(home_with_release(root), root / "www" / "some" / "path")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=root / "www"))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/path/current"
    server.shutdown()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_barrier(
    browser: Browser, address: str, name: str, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(color_scheme=scheme)
    page, watch = context.new_page(), Watch(address)
    watch.attach(page)
    page.goto(f"{address}/{name}")
    results = Axe().run(page, options=RULES)
    assert results.violations_count == 0, results.generate_report()
    assert results.response["passes"]
    assert watch.complaints == []
    context.close()


def test_axe_would_find_a_barrier(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/index.html")
    page.add_style_tag(content="p { color: #aaa; background: #fff; }")
    assert Axe().run(page, options=RULES).violations_count > 0
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_sticks_out(browser: Browser, address: str, name: str, width: int) -> None:
    """Tables scroll within their frame, also where the text is twice as large (WCAG 1.4.4)."""
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/{name}")
    for size in ("100%", "200%"):
        page.add_style_tag(content=f"html {{ font-size: {size}; }}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_the_keyboard_is_enough(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Zum Inhalt springen"
    box = skip.bounding_box()
    assert box
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.url.endswith("#inhalt")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "liste/index.html"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    context.close()


def test_pages_need_no_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/index.html")
    page.get_by_role("link", name="Titel pub_thing (mit Musterdaten)", exact=True).click()
    assert page.url == f"{address}/sachen/index.html"
    with page.expect_download() as download:
        page.get_by_role("link", name="sachen.csv").first.click()
    assert download.value.suggested_filename == "sachen.csv"
    page.get_by_role("link", name="Alle Datensätze").click()
    assert page.url == f"{address}/index.html"
    context.close()
