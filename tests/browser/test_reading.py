"""A dashboard as a person reads it: tiles are asked for and drawn where somebody scrolls to."""

from collections.abc import Iterator

import pytest
from chromium import (
    APPLY,
    AS_A_PERSON,
    DRAWN_ON_SCREEN,
    SCREEN,
    TITLE,
    UNDRAWN,
    bad_troubles,
    pick,
    plain,
)
from installation import Installation
from opened import Opened, check_table, title
from playwright.sync_api import BrowserContext, Download, Page
from stored import stored_dashboards
from watch import CHART_DATA, Watch

from datenlabor.assets.bundle import read_folder
from datenlabor.paths import ASSETS

STORED = stored_dashboards(read_folder(ASSETS))
FILTER, AREA = "Gebiet", "Barbaraviertel"


@pytest.mark.parametrize("slug", ["ueberschuldung", "wirtschaftsstruktur"])
def test_a_reader_finds_every_tile_as_chosen(
    slug: str, installation: Installation, context: BrowserContext
) -> None:
    stored = STORED[slug]
    numbers = installation.chart_ids()
    by_title = {plain(title(chart)): chart for chart in stored.charts}
    by_area = stored.filter_named(FILTER)
    assert by_area
    page, watch = read(context, installation, slug)
    assert 0 < len(watch.chart_answers()) < len(stored.charts)

    pick(page, by_area["id"], AREA)
    with page.expect_response(lambda answer: CHART_DATA in answer.url):
        page.locator(APPLY).click()
    seen = set()
    for name in scrolled_through(page):
        seen.add(name)
        if (chart := by_title[name]) in stored.tables:
            check_table(Opened(stored, page, watch), installation, chart, {FILTER: [AREA]})
    assert seen == by_title.keys()

    assert watch.chart_answers().keys() == {numbers[title(chart)] for chart in stored.charts}
    asked = watch.chart_requests()
    for chart in stored.in_scope(by_area):
        assert AREA in asked[numbers[title(chart)]], title(chart)
    assert bad_troubles(page) + watch.complaints == []
    page.close()


@pytest.mark.parametrize(
    ("kind", "start", "with_mouse"), [("image", b"\xff\xd8\xff", True), ("pdf", b"%PDF", False)]
)
def test_a_download_has_the_whole_page(
    kind: str,
    start: bytes,
    installation: Installation,
    context: BrowserContext,
    *,
    with_mouse: bool,
) -> None:
    """Far from the screen nothing is drawn. Who is impatient gets no second one."""
    longest = max(STORED.values(), key=lambda stored: len(stored.charts))
    page, watch = read(context, installation, longest.slug)
    if not with_mouse:
        # From the end: what is above the screen is far from it as well.
        for _ in scrolled_through(page):
            pass
    assert page.evaluate(UNDRAWN)
    page.locator(".header-with-actions button:has(.anticon-ellipsis)").click()
    # With its key: under a mouse at rest the menu moves when the page does.
    page.get_by_role("menuitem", name="Herunterladen").press("ArrowRight")
    downloads: list[Download] = []

    def note(item: Download) -> None:
        downloads.append(item)

    page.on("download", note)
    choice = page.locator(f'[role=menuitem][data-menu-id$="-download-{kind}"]')
    with page.expect_download() as download:
        if with_mouse:
            choice.dblclick()
        else:
            choice.press("Enter")
            choice.press("Enter")
        page.get_by_role("status").filter(has_text="vollständig gezeichnet").wait_for()
    assert page.evaluate(UNDRAWN) == watch.complaints == []
    assert len(watch.chart_answers()) == len(longest.charts)
    assert download.value.path().read_bytes().startswith(start)
    page.wait_for_timeout(1000)
    assert len(downloads) == 1
    page.close()


def read(context: BrowserContext, installation: Installation, slug: str) -> tuple[Page, Watch]:
    """Open a dashboard as a person and wait for the tiles on the screen."""
    page, watch = context.new_page(), Watch(installation.url)
    watch.attach(page)
    page.add_init_script(AS_A_PERSON)
    page.set_viewport_size(SCREEN)
    page.goto(f"{installation.url}/superset/dashboard/{slug}/")
    page.wait_for_function(DRAWN_ON_SCREEN)
    return page, watch


def scrolled_through(page: Page) -> Iterator[str]:
    """Scroll to one tile after the other and return its title once it is drawn."""
    for header in page.locator(TITLE).all():
        header.scroll_into_view_if_needed()
        page.wait_for_function(DRAWN_ON_SCREEN)
        yield plain(header.inner_text())
