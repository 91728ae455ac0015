"""The colours of a map say what its figures say: as much of each as areas have values for it."""

import json
import re
import subprocess
from bisect import bisect_right
from collections import defaultdict
from itertools import pairwise

import pytest
from chromium import apply, open_dashboard, pick
from installation import Installation
from playwright.sync_api import BrowserContext, Page
from stored import stored_dashboards

from datenlabor.assets.bundle import read_folder
from datenlabor.paths import ASSETS
from datenlabor.service.superset import PYTHON

STORED = stored_dashboards(read_folder(ASSETS))
DASHBOARD = "ueberschuldung"
MAP = "Karte der Überschuldung"
INDICATOR = "overindebted"
TOLERANCE = 0.04
"""Of the surface: between areas is the colour of borders."""

LEGEND = """(title) => {
  const tiles = [...document.querySelectorAll('.dashboard-component-chart-holder')];
  const tile = tiles.find((found) => found.innerText.includes(title));
  const list = [...tile.querySelectorAll('ul')].find((found) => / - /.test(found.innerText));"""
# It lies on the map.
HIDE_LEGEND = f"""{LEGEND}
  const text = list.innerText;
  list.parentElement.style.visibility = 'hidden';
  return text;
}}"""
COLOURS_OF_LEGEND = f"""{LEGEND}
  return [...list.querySelectorAll('li')].map(
    (line) => getComputedStyle(line.querySelector('span')).color);
}}"""
# Pillow comes with Superset, in its environment. Paper, and what letters are made of, is grey.
COUNT_COLOURS = """
import json, sys
from PIL import Image
image = Image.open(sys.stdin.buffer).convert("RGB")
colours = image.getcolors(image.width * image.height)
json.dump([entry for entry in colours if max(entry[1]) - min(entry[1]) > 8], sys.stdout)
"""


def surface(contour: str) -> float:
    """Return the surface of a GeoJSON polygon in square degrees, without its holes."""
    rings: list[list[tuple[float, float]]] = json.loads(contour)["coordinates"]
    surfaces = [
        abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2 for ring in rings
    ]
    return surfaces[0] - sum(surfaces[1:])


def shares(amounts: list[float]) -> list[float]:
    return [amount / sum(amounts) for amount in amounts]


def colours_of(page: Page, title: str) -> tuple[list[float], list[int]]:
    """Return the bounds of the legend, and how often each true colour of a map occurs."""
    legend = page.evaluate(HIDE_LEGEND, title)
    bounds = [float(text) for text in re.findall(r"(\d+) - ", legend)]
    tile = page.locator(".dashboard-component-chart-holder", has_text=title).first
    image = tile.locator("canvas").first.screenshot()
    counted = subprocess.run(
        [PYTHON, "-c", COUNT_COLOURS], input=image, capture_output=True, check=True
    )
    found: list[tuple[int, list[int]]] = json.loads(counted.stdout)
    return bounds, [count for count, _ in _from_light_to_dark(found, len(bounds))]


def _from_light_to_dark(
    found: list[tuple[int, list[int]]], most: int
) -> list[tuple[int, list[int]]]:
    """Return the colours that fill areas: what borders are blended of occurs seldom."""
    total = sum(count for count, _ in found)
    filling = [entry for entry in sorted(found, reverse=True)[:most] if entry[0] > total / 100]
    return sorted(filling, key=lambda entry: -sum(entry[1]))


def expected_shares(
    installation: Installation, bounds: list[float], indicator: str, year: int
) -> list[float]:
    """Return how much of the surface that has a value lies in each class, nought included."""
    rows = installation.rows(
        "select shown_value, drawn_contour from protected.pub_indicator_map "
        "where indicator_name = ? and calendar_year = ? and shown_value is not null "
        "and area_level_name = (select min(area_level_name) from protected.pub_indicator_map)",
        indicator,
        year,
    )
    classes: dict[int, float] = defaultdict(float)
    for value, contour in rows:
        classes[bisect_right(bounds, value)] += surface(contour)
    return shares([classes[number] for number in sorted(classes)])


def test_darker_areas_have_higher_values(
    installation: Installation, context: BrowserContext
) -> None:
    page, _ = open_dashboard(
        context, installation.url, DASHBOARD, charts=len(STORED[DASHBOARD].charts)
    )
    bounds, counts = colours_of(page, MAP)
    page.close()
    [(indicator, year)] = installation.rows(
        "select max(indicator_name), (select max(calendar_year) from "
        "protected.pub_overindebtedness where is_profile_area) "
        "from protected.pub_indicator_map where indicator_code = ?",
        INDICATOR,
    )
    expected = expected_shares(installation, bounds, indicator, year)
    assert len(expected) > 2
    assert shares([float(count) for count in counts]) == pytest.approx(expected, abs=TOLERANCE)


def test_nought_has_the_colour_of_the_lowest_class(
    installation: Installation, context: BrowserContext
) -> None:
    stored = STORED["gebiete"]
    [(indicator, year, noughts)] = installation.rows(
        "select indicator_name, calendar_year, count(*) from protected.pub_indicator_map "
        "where calendar_year = (select max(calendar_year) from protected.pub_indicator_map "
        "where is_comparison_year) and shown_value = 0 and area_level_name = "
        "(select min(area_level_name) from protected.pub_indicator_map) "
        "group by all order by count(*) desc, indicator_name limit 1"
    )
    assert noughts > 2
    page, _ = open_dashboard(context, installation.url, "gebiete", charts=len(stored.charts))
    for name, value in (("Indikator", indicator), ("Jahr", str(year))):
        native_filter = stored.filter_named(name)
        assert native_filter is not None
        pick(page, native_filter["id"], value)
    apply(page, len(stored.charts))
    bounds, counts = colours_of(page, "Karte der Gebiete")
    page.close()
    expected = expected_shares(installation, bounds, indicator, year)
    assert shares([float(count) for count in counts]) == pytest.approx(expected, abs=TOLERANCE)


def test_every_class_of_a_legend_has_a_colour(
    installation: Installation, context: BrowserContext
) -> None:
    page, _ = open_dashboard(
        context, installation.url, "branchen", charts=len(STORED["branchen"].charts)
    )
    colours = page.evaluate(COLOURS_OF_LEGEND, "Wo der Wirtschaftszweig wächst")
    page.close()
    assert len(colours) == 5
    assert len(set(colours)) == 5
    assert not [colour for colour in colours if colour.endswith(", 0)")]
