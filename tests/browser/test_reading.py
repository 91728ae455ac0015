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
from installation import Installation, listed
from opened import Opened, check_table, title
from playwright.sync_api import BrowserContext, Page, ViewportSize
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
    numbers = {entry["slice_name"]: entry["id"] for entry in listed(installation.server, "chart")}
    by_title = {plain(title(chart)): chart for chart in stored.charts}
    by_area = stored.filter_named(FILTER)
    assert by_area
    page, watch = read(context, installation, slug, SCREEN)
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


def test_a_page_is_whole_after_somebody_has_read_it_at_half_its_size(
    installation: Installation, context: BrowserContext
) -> None:
    """As the handbook says: what is not drawn is missing in pictures of the page."""
    longest = max(STORED.values(), key=lambda stored: len(stored.charts))
    half = ViewportSize(width=2 * SCREEN["width"], height=2 * SCREEN["height"])
    page, watch = read(context, installation, longest.slug, half)
    assert page.evaluate(UNDRAWN)
    assert len(list(scrolled_through(page))) == len(longest.charts)
    assert page.evaluate(UNDRAWN) == watch.complaints == []
    page.close()


def read(
    context: BrowserContext, installation: Installation, slug: str, size: ViewportSize
) -> tuple[Page, Watch]:
    """Open a dashboard as a person and wait for the tiles on the screen."""
    page, watch = context.new_page(), Watch(installation.url)
    watch.attach(page)
    page.add_init_script(AS_A_PERSON)
    page.set_viewport_size(size)
    page.goto(f"{installation.url}/superset/dashboard/{slug}/")
    page.wait_for_function(DRAWN_ON_SCREEN)
    return page, watch


def scrolled_through(page: Page) -> Iterator[str]:
    """Scroll to one tile after the other and return its title once it is drawn."""
    for header in page.locator(TITLE).all():
        header.scroll_into_view_if_needed()
        page.wait_for_function(DRAWN_ON_SCREEN)
        yield plain(header.inner_text())
