"""Every dashboard, opened in Chromium: complete, German, without errors, with the right figures."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from chromium import (
    GOOD_NEWS,
    TALL,
    WIDTH,
    apply,
    bad_troubles,
    choose,
    open_dashboard,
    pick,
    picture,
    scrolling,
    table_of,
    titles,
    troubles,
    with_few_colours,
)
from installation import Installation
from opened import Opened, check_table, title
from playwright.sync_api import BrowserContext
from stored import stored_dashboards

from datenlabor.assets.bundle import read_folder
from datenlabor.paths import ASSETS

STORED = stored_dashboards(read_folder(ASSETS))
NARROW = 1024
WIDE = 2400
SMALLEST_PICTURE = 50_000
INDICATOR_FILTER = "Indikator"
AREA_FILTER = "Gebiet"
LEVEL_FILTER = "Ebene"
CHAPTER_FILTER = "Kapitel"
FIGURE_FILTER = "Kennzahl"
PEER_FILTER = "Vergleich mit"
INSOLVENCIES = "company_insolvencies"
WITH_INSOLVENCIES = [
    slug for slug, stored in STORED.items() if stored.charts_with_metric(INSOLVENCIES)
]
# test_new_city.py chooses indicators on the board of areas within a city, which have a level.
ABOUT_ONE_INDICATOR = [
    slug
    for slug, stored in STORED.items()
    if stored.requires_filter(INDICATOR_FILTER) and not stored.filter_named(LEVEL_FILTER)
]
# Of a filter that begins with its first value, another one.
OTHER_CHOICES: dict[str, tuple[str, Any]] = {
    "ueberschuldung": ("Gebiet", "Barbaraviertel"),
    "pendler": ("Jahr", 2019),
}
ABOUT_ONE_AREA = [slug for slug, stored in STORED.items() if stored.requires_filter(AREA_FILTER)]
ABOUT_PEERS = ["gebietsprofil", "sozialbericht"]
# Frequent English words that are no German ones (Not is one), and what Superset says in English.
ENGLISH = re.compile(
    r"\b(the|of|and|with|from|this|there|are|is|no|(?-i:not)|to|for|"
    r"value|values|year|rate|area|change|source|error|loading)\b",
    re.IGNORECASE,
)
# Over-indebtedness 2021 as published by Creditreform.
OVERINDEBTEDNESS = [
    ("Rhein-Kreis Neuss", "9,04 %"),
    ("Mönchengladbach", "15,07 %"),
    ("Deutschland", "8,86 %"),
]


@pytest.fixture(scope="module", params=STORED)
def opened(
    request: pytest.FixtureRequest, installation: Installation, context: BrowserContext
) -> Iterator[Opened]:
    stored = STORED[request.param]
    page, watch = open_dashboard(
        context,
        installation.url,
        stored.slug,
        charts=len(stored.charts),
        has_filters=bool(stored.filters),
    )
    yield Opened(stored, page, watch)
    page.close()


@pytest.fixture(scope="module")
def chart_ids(installation: Installation) -> dict[str, int]:
    """Return the server's number of each chart by title."""
    return installation.chart_ids()


def test_there_are_dashboards() -> None:
    assert STORED
    assert all(stored.charts for stored in STORED.values())
    assert WITH_INSOLVENCIES
    assert ABOUT_ONE_INDICATOR
    assert len(ABOUT_ONE_AREA) > 2


def test_all_charts_are_drawn_with_data(opened: Opened, chart_ids: dict[str, int]) -> None:
    assert sorted(titles(opened.page)) == sorted(opened.stored.titles)
    assert bad_troubles(opened.page) == []
    answers = opened.watch.chart_answers()
    for chart in opened.stored.charts:
        for result in answers[chart_ids[title(chart)]]:
            assert result["error"] is None, title(chart)
            assert result["rowcount"] > 0 or GOOD_NEWS.fullmatch(title(chart)), title(chart)


def test_nothing_fails_and_no_foreign_host_is_asked(opened: Opened) -> None:
    assert opened.watch.complaints == []


def test_page_is_german(opened: Opened) -> None:
    page, stored = opened.page, opened.stored
    assert page.evaluate("document.documentElement.lang") == "de"
    assert stored.title in page.title() or "Datenlabor" in page.title()
    assert stored.title in page.inner_text("body")
    assert set(ENGLISH.findall(page.inner_text("body"))) == set()
    written = [stored.title, *stored.titles, *stored.texts]
    written += [stored.dashboard["description"], *(entry["name"] for entry in stored.filters)]
    written += [chart["description"] for chart in stored.charts]
    assert set(ENGLISH.findall("\n".join(written))) == set()


def test_tables_show_the_published_rows_under_german_headings(
    opened: Opened, installation: Installation
) -> None:
    for chart in opened.stored.tables:
        check_table(opened, installation, chart, {})


@pytest.mark.parametrize("width", [WIDTH, NARROW])
def test_page_does_not_scroll_sideways(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": TALL})
    try:
        assert scrolling(opened.page) == []
        assert bad_troubles(opened.page) == []
    finally:
        opened.page.set_viewport_size({"width": WIDTH, "height": TALL})


def test_picture(opened: Opened, pytestconfig: pytest.Config) -> None:
    image = picture(opened.page)
    assert len(image) > SMALLEST_PICTURE
    folder = pytestconfig.getoption("--screenshots")
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{opened.stored.slug}.png").write_bytes(with_few_colours(image))


@pytest.mark.parametrize("opened", WITH_INSOLVENCIES, indirect=True)
def test_insolvencies_of_2009_are_in_the_chart(opened: Opened, chart_ids: dict[str, int]) -> None:
    """A chart is a canvas: what it draws is what the page got for it."""
    for chart in opened.stored.charts_with_metric(INSOLVENCIES):
        [result] = opened.watch.chart_answers()[chart_ids[title(chart)]]
        time_column = chart["params"]["x_axis"]
        [row] = [row for row in result["data"] if year_of(row.pop(time_column)) == 2009]
        assert list(row.values()) == [281]


@pytest.mark.parametrize("opened", ABOUT_ONE_INDICATOR, indirect=True)
def test_overindebtedness_of_2021_is_in_the_table(opened: Opened) -> None:
    titles_of_tables = [title(chart) for chart in opened.stored.tables]
    filled = [name for name in titles_of_tables if not GOOD_NEWS.fullmatch(name)]
    rows = [row for name in filled for row in table_of(opened.page, name)[1]]
    for area, value in OVERINDEBTEDNESS:
        [row] = [row for row in rows if row[0] == area and value in row]
        assert any(cell.endswith("2021") for cell in row)


@pytest.mark.parametrize("opened", ABOUT_ONE_INDICATOR, indirect=True)
def test_another_indicator_changes_all_tiles(
    opened: Opened, installation: Installation, chart_ids: dict[str, int]
) -> None:
    native_filter = opened.stored.filter_named(INDICATOR_FILTER)
    assert native_filter
    charts = opened.stored.in_scope(native_filter)
    assert charts
    before = opened.watch.chart_answers()
    indicator = "Unternehmensinsolvenzen"
    choose(opened.page, native_filter["id"], indicator, len(opened.stored.charts))
    after = opened.watch.chart_answers()
    empty = set()
    for chart in charts:
        number = chart_ids[title(chart)]
        is_changed = before[number][0]["data"] != after[number][0]["data"]
        assert is_changed or GOOD_NEWS.fullmatch(title(chart)), title(chart)
        if not after[number][0]["rowcount"]:
            empty.add(title(chart))
    for chart in opened.stored.tables:
        if title(chart) in empty:
            assert not opened.stored.rows(installation, chart, {INDICATOR_FILTER: [indicator]})
        else:
            check_table(opened, installation, chart, {INDICATOR_FILTER: [indicator]})
    assert empty < {title(chart) for chart in charts}
    assert all(text.startswith(tuple(empty)) for text in troubles(opened.page))
    assert opened.watch.complaints == []


@pytest.mark.parametrize("opened", OTHER_CHOICES, indirect=True)
def test_another_choice_changes_all_tiles_as_sql_says(
    opened: Opened, installation: Installation, chart_ids: dict[str, int]
) -> None:
    name, value = OTHER_CHOICES[opened.stored.slug]
    native_filter = opened.stored.filter_named(name) or {}
    before = opened.watch.chart_answers()
    choose(opened.page, native_filter["id"], str(value), len(opened.stored.charts))
    after = opened.watch.chart_answers()
    charts = opened.stored.in_scope(native_filter)
    assert len(charts) > 2
    for chart in charts:
        number = chart_ids[title(chart)]
        assert before[number][0]["data"] != after[number][0]["data"], title(chart)
    for chart in opened.stored.tables:
        check_table(opened, installation, chart, {name: [value]})
    assert bad_troubles(opened.page) + opened.watch.complaints == []


@pytest.mark.parametrize("opened", ABOUT_ONE_AREA, indirect=True)
def test_another_area_changes_all_tiles_as_sql_says(
    opened: Opened, installation: Installation, chart_ids: dict[str, int]
) -> None:
    """The largest part of the city but the first: of it most figures may be shown."""
    native_filter = opened.stored.filter_named(AREA_FILTER) or {}
    present = opened.stored.first(installation, native_filter, {})
    [(area,)] = installation.rows(
        "select area_name from protected.pub_industry_position "
        "where municipality_code is not null and area_name != ? "
        "order by area_company_count desc limit 1",
        present,
    )
    before = opened.watch.chart_answers()
    choose(opened.page, native_filter["id"], area, len(opened.stored.charts))
    after = opened.watch.chart_answers()
    chosen = {AREA_FILTER: [area]}
    for chart in opened.stored.in_scope(native_filter):
        number = chart_ids[title(chart)]
        if chart["viz_type"] == "big_number_total":
            # Two areas may have the same count.
            [row] = after[number][0]["data"]
            assert list(row.values()) == [opened.stored.number(installation, chart, chosen)]
        else:
            assert before[number][0]["data"] != after[number][0]["data"], title(chart)
    for chart in opened.stored.tables:
        check_table(opened, installation, chart, chosen)
    assert bad_troubles(opened.page) + opened.watch.complaints == []


@pytest.mark.parametrize("opened", ["sozialbericht"], indirect=True)
def test_another_chapter_offers_its_figures_as_sql_says(
    opened: Opened, installation: Installation, chart_ids: dict[str, int]
) -> None:
    """The figure is that of the chapter with the largest distance of an area to the city."""
    by_chapter = opened.stored.filter_named(CHAPTER_FILTER) or {}
    by_figure = opened.stored.filter_named(FIGURE_FILTER) or {}
    chosen = {CHAPTER_FILTER: ["Gesundheit"]}
    figure = opened.stored.first(installation, by_figure, chosen)
    before = opened.watch.chart_answers()
    pick(opened.page, by_chapter["id"], chosen[CHAPTER_FILTER][0])
    # Applied is what the filters show: the figure only once the figures of the chapter are there.
    shown = opened.page.locator(f'[data-test="{by_figure["id"]}"]').get_by_text(str(figure))
    shown.first.wait_for()
    apply(opened.page, len(opened.stored.charts))
    charts = opened.stored.in_scope(by_chapter) + opened.stored.in_scope(by_figure)
    changing = [chart for chart in charts if not GOOD_NEWS.fullmatch(title(chart))]

    def unchanged() -> list[str]:
        after = opened.watch.chart_answers()
        numbers = {title(chart): chart_ids[title(chart)] for chart in changing}
        return [name for name, n in numbers.items() if before[n][0]["data"] == after[n][0]["data"]]

    assert unchanged() == []
    for chart in opened.stored.tables:
        check_table(opened, installation, chart, chosen)
    assert bad_troubles(opened.page) + opened.watch.complaints == []


@pytest.mark.parametrize("slug", ABOUT_PEERS)
def test_a_peer_leaves_the_comparisons_with_it(
    slug: str, installation: Installation, context: BrowserContext
) -> None:
    stored = STORED[slug]
    by_peer = stored.filter_named(PEER_FILTER) or {}
    [chart] = stored.in_scope(by_peer)
    place = chart["params"]["all_columns"].index("peer_name")
    peers = {row[place] for row in stored.rows(installation, chart)}
    assert len(peers) > 1
    page, watch = open_dashboard(context, installation.url, slug, charts=len(stored.charts))
    # In a wide window no filter is folded away.
    page.set_viewport_size({"width": WIDE, "height": TALL})
    choose(page, by_peer["id"], min(peers), len(stored.charts))
    chosen = {PEER_FILTER: [min(peers)]}
    check_table(Opened(stored, page, watch), installation, chart, chosen)
    assert {row[place] for row in table_of(page, title(chart))[1]} == {min(peers)}
    assert bad_troubles(page) + watch.complaints == []
    page.close()


@pytest.mark.parametrize("opened", ["datenqualitaet"], indirect=True)
def test_gaps_and_sources_of_one_indicator(opened: Opened, installation: Installation) -> None:
    """Without a choice the tables show everything; a choice leaves what is about it."""
    native_filter = opened.stored.filter_named(INDICATOR_FILTER)
    assert native_filter
    indicator = "Arbeitslosenquote"
    choose(opened.page, native_filter["id"], indicator, len(opened.stored.charts))
    checked = []
    for chart in opened.stored.in_scope(native_filter):
        if chart in opened.stored.tables and not GOOD_NEWS.fullmatch(title(chart)):
            check_table(opened, installation, chart, {INDICATOR_FILTER: [indicator]})
            checked.append(title(chart))
    assert len(checked) > 1
    assert bad_troubles(opened.page) == []


@pytest.mark.parametrize("opened", ["krisenlage", "sozialatlas"], indirect=True)
def test_a_choice_changes_the_numbers_as_sql_says(
    opened: Opened, installation: Installation, chart_ids: dict[str, int]
) -> None:
    native_filter = opened.stored.filter_named("Art")
    assert native_filter
    choose(opened.page, native_filter["id"], "Sporthalle", len(opened.stored.charts))
    chosen = {"Art": ["Sporthalle"]}
    answers = opened.watch.chart_answers()
    changed = 0
    for chart in opened.stored.charts:
        if chart["viz_type"] == "big_number_total":
            [row] = answers[chart_ids[title(chart)]][0]["data"]
            [shown] = row.values()
            expected = opened.stored.number(installation, chart, chosen)
            assert shown == pytest.approx(expected), title(chart)
            changed += expected != opened.stored.number(installation, chart, {})
    assert changed > 2
    for chart in opened.stored.tables:
        check_table(opened, installation, chart, chosen)


def test_broken_and_empty_charts_would_be_noticed(
    installation: Installation, context: BrowserContext, chart_ids: dict[str, int]
) -> None:
    stored = STORED["ueberblick"]
    broken, *others = stored.charts
    empty = next(chart for chart in others if chart["dataset_uuid"] == broken["dataset_uuid"])
    nowhere = {
        "clause": "WHERE",
        "expressionType": "SIMPLE",
        "subject": "area_name",
        "operator": "==",
        "comparator": "nowhere",
    }
    damages: dict[str, dict[str, Any]] = {
        broken["slice_name"]: {
            "metric": "missing",
            "metrics": ["missing"],
            "query_mode": "aggregate",
        },
        empty["slice_name"]: {"adhoc_filters": [nowhere]},
    }
    originals = {}
    try:
        for name, damage in damages.items():
            path = f"/api/v1/chart/{chart_ids[name]}"
            originals[path] = installation.server.get(path)["result"]["params"]
            params = {**json.loads(originals[path]), **damage}
            installation.server.put(path, {"params": json.dumps(params)})
        page, watch = open_dashboard(
            context, installation.url, stored.slug, charts=len(stored.charts)
        )
        found = troubles(page)
        page.close()
    finally:
        for path, params in originals.items():
            installation.server.put(path, {"params": params})
    for name in damages:
        assert any(text.startswith(name) for text in found), found
    assert len(found) >= len(damages)
    assert any("400" in complaint for complaint in watch.complaints)


def year_of(milliseconds: float) -> int:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).year
