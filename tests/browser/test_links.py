"""Links in tables: they arrive where they say, with the filters set and the numbers SQL gives."""

from typing import Any

import pytest
from chromium import bad_troubles, wait_until_drawn
from installation import Installation
from opened import Opened, check_table, title
from playwright.sync_api import BrowserContext
from stored import Stored, stored_dashboards
from watch import Watch

from datenlabor.assets.bundle import read_folder
from datenlabor.assets.links import Link, read_links
from datenlabor.paths import ASSETS

STORED = stored_dashboards(read_folder(ASSETS))
LINKS = {(link.table, link.column): link for link in read_links()}


def shown_links() -> list[tuple[str, str, str]]:
    """Return page, title of the table and column of each link on a dashboard."""
    return [
        (slug, title(chart), column)
        for slug, stored in STORED.items()
        for chart in stored.tables
        for column in chart["params"]["all_columns"]
        if (stored.dataset(chart)["table_name"], column) in LINKS
    ]


SHOWN = shown_links()


def test_every_link_is_shown_somewhere() -> None:
    tables = {
        (stored.dataset(chart)["table_name"], column)
        for stored in STORED.values()
        for chart in stored.tables
        for column in chart["params"]["all_columns"]
    }
    assert LINKS.keys() <= tables
    assert len(SHOWN) >= len(LINKS)


@pytest.mark.parametrize(("slug", "name", "column"), SHOWN)
def test_a_link_arrives_filtered(
    installation: Installation, context: BrowserContext, slug: str, name: str, column: str
) -> None:
    """The last link of a table, since pages begin with the first of a list anyway."""
    origin = STORED[slug]
    [chart] = [chart for chart in origin.tables if title(chart) == name]
    link = LINKS[origin.dataset(chart)["table_name"], column]
    goal = STORED[link.dashboard]
    page = context.new_page()
    page.goto(f"{installation.url}/superset/dashboard/{slug}/")
    found = page.locator(".dashboard-component-chart-holder", has_text=name)
    cell = found.locator('td a[href*="native_filters"]').last
    address = str(cell.get_attribute("href"))
    assert cell.inner_text() == link.text
    chosen = choices(origin, chart, link, installation, address)
    watch = Watch(installation.url)
    watch.attach(page)
    with page.expect_navigation(wait_until="commit"):
        cell.click()
    assert page.url.startswith(f"{installation.url}/superset/dashboard/{link.dashboard}/")
    # What the page that was left still got, or gave up.
    watch.answers.clear()
    watch.complaints.clear()
    wait_until_drawn(page, len(goal.charts))
    opened = Opened(goal, page, watch)
    texts = page.locator(".filter-item-wrapper, .ant-select-selection-item").all_inner_texts()
    for values in chosen.values():
        assert any(str(values[0]) in text for text in texts), texts
    numbers = installation.chart_ids()
    answers = watch.chart_answers()
    for tile in goal.charts:
        if tile["viz_type"] == "big_number_total":
            [row] = answers[numbers[title(tile)]][0]["data"]
            expected = goal.number(installation, tile, chosen)
            assert list(row.values()) == [pytest.approx(expected)], title(tile)
    for table in goal.tables:
        check_table(opened, installation, table, chosen)
    assert bad_troubles(page) + watch.complaints == []
    page.close()


def choices(
    origin: Stored, chart: dict[str, Any], link: Link, installation: Installation, address: str
) -> dict[str, list[Any]]:
    """Return what the row behind a link is about, by the names of the filters it sets."""
    goal = STORED[link.dashboard]
    names = {entry["id"]: entry["name"] for entry in goal.filters}
    expression = origin.columns(chart)[link.column]["expression"]
    rows = origin.asked(installation, chart, {}, ", ".join([expression, *link.filters.values()]))
    [values] = {row[1:] for row in rows if f'"{address}"' in row[0]}
    return {names[key]: [value] for key, value in zip(link.filters, values, strict=True)}
