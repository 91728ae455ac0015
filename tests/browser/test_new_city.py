"""A city that brings its own files: areas on the map, and a new indicator by one row and one file.

The files are made here; only their form is that of the city whose specs are used.
"""

import json
from collections.abc import Iterator

import pytest
from chromium import bad_troubles, choose, logged_in, open_dashboard
from installation import ARTIFACTS, Installation, serve
from playwright.sync_api import Browser, BrowserContext
from stored import stored_dashboards

from datenlabor import dbt
from datenlabor.assets.bundle import read_folder
from datenlabor.city import City
from datenlabor.deliveries.ingest import ingest, ingest_registers
from datenlabor.paths import ASSETS, Home
from datenlabor.publishing import publish_build
from datenlabor.service.superset import ADMIN

CITY = "05315"
BOARD = stored_dashboards(read_folder(ASSETS))["gebiete"]
INDICATOR = next(entry for entry in BOARD.filters if entry["name"] == "Indikator")
AREAS = {"101": 700, "102": 300, "201": 550, "301": 450}
CATALOGUE_ROW = (
    "indicator_code;chapter_code;name_de;unit_code;value_kind;numerator_measure_code;definition_de\n"
    "dogs;demography;Hunde;cases;count;dogs;Angemeldete Hunde am 31.12.\n"
)
DOGS = "area_code;period;measure_code;value;obs_status\n" + "".join(
    f"05315-{area};2012-12-31;dogs;{people // 10};A\n" for area, people in AREAS.items()
)


def square(number: int) -> list[list[list[float]]]:
    west, south = 6.9 + 0.02 * (number % 2), 50.9 + 0.02 * (number // 2)
    corners = ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))
    return [[[round(west + 0.02 * x, 3), round(south + 0.02 * y, 3)] for x, y in corners]]


def geometry() -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"STT_NR": area, "STT_NAME": f"Gebiet {area}"},
            "geometry": {"type": "Polygon", "coordinates": square(number)},
        }
        for number, area in enumerate(AREAS)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def population() -> str:
    lines = ["id,tab_id,tabelle,jahr,raum_id,raum,zei_id,zeile,zahl"]
    for year in (2011, 2012):
        for area, people in {"000": sum(AREAS.values()), **AREAS}.items():
            lines += [
                f"1,005,Einwohner in Köln,{year},{area},x,10,Einwohner,{people}.0",
                f"1,010,Einwohner nach Geschlecht,{year},{area},x,10,Männlich,{people // 2}.0",
                f"1,010,Einwohner nach Geschlecht,{year},{area},x,20,Weiblich,{people // 2}.0",
            ]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def city_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("city")
    home = Home(folder / "home")
    files = {
        "Stadtteile.geojson": geometry(),
        "bevoelkerung.csv": population(),
        "indicator.csv": CATALOGUE_ROW,
        "dogs.csv": DOGS,
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATENLABOR_CITY", CITY)
        environment.setenv("DBT_TARGET_PATH", str(folder / "target"))
        city = City.from_environment()
        home.root.mkdir()
        ingest_registers(home, city)
        outcomes = ingest(home, city, [folder / name for name in files])
        assert [str(outcome.error) for outcome in outcomes if outcome.error] == []
        dbt.build(home, city)
        publish_build(home, ARTIFACTS / "manifest.json")
        with serve(home) as installation:
            yield installation


@pytest.fixture(scope="module")
def visitor(city_installation: Installation, browser: Browser) -> Iterator[BrowserContext]:
    """Return a visitor of this city."""
    with logged_in(browser, city_installation.url, ADMIN, city_installation.password) as visitor:
        yield visitor


def test_the_map_shows_the_areas_of_the_city(
    city_installation: Installation, visitor: BrowserContext
) -> None:
    page, watch = open_dashboard(
        visitor, city_installation.url, BOARD.slug, charts=len(BOARD.charts)
    )
    assert watch.complaints == []
    assert bad_troubles(page) == []
    rows = city_installation.chart_data(
        "pub_indicator_map",
        ["area_name"],
        ["map_colour"],
        {"indicator_name": "Einwohner (Melderegister)", "calendar_year": 2012},
    )
    assert {row["area_name"]: row["map_colour"] for row in rows} == {
        f"Gebiet {area}": people for area, people in AREAS.items()
    }


def test_a_new_indicator_is_one_row_and_one_file(
    city_installation: Installation, visitor: BrowserContext
) -> None:
    page, watch = open_dashboard(
        visitor, city_installation.url, BOARD.slug, charts=len(BOARD.charts)
    )
    choose(page, INDICATOR["id"], "Hunde", len(BOARD.charts))
    assert bad_troubles(page) == []
    answers = [entry for found in watch.chart_answers().values() for entry in found]
    values = {
        (row["area_name"], row["value_text"])
        for answer in answers
        for row in answer.get("data", [])
        if "value_text" in row and "change_text" in row
    }
    assert {(f"Gebiet {area}", f"{people // 10}") for area, people in AREAS.items()} <= values


def test_nothing_of_another_city_is_shown(city_installation: Installation) -> None:
    rows = city_installation.rows("select distinct area_name from protected.pub_indicator_value")
    names = {name for (name,) in rows}
    assert "Neuss" not in names
    assert {"Köln", "Gebiet 101", "Deutschland"} <= names
