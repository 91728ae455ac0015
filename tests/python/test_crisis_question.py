"""Who is to be warned and who can take people in, against a computation that shares nothing.

The models see 10,000 random places through shapely in UTM and straight lines through the earth;
here zones are left by a ray, edges measured on a plane of our own, and ways are geodesics.
"""

import csv
import json
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from pyproj import Geod
from warehouse_deliveries import dbt

from datenlabor.methods.hazard_exposure import located_facilities
from datenlabor.paths import SEEDS

COUNT = 10_000
SAFE_DISTANCE = 250.0
# Metres within which two ways of measuring may disagree about a threshold.
UNSURE = 0.5
WEST, EAST, SOUTH, NORTH = 6.61, 6.79, 51.12, 51.25
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]


def zones() -> pd.DataFrame:
    """Return the zones of the extreme flood of the demo city, of the current edition."""
    [file] = (SEEDS / "municipal").glob("*/*/hazard_zone.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["scenario"] == "extreme"]
    latest = max(row["edition"] for row in rows)
    return pd.DataFrame([row for row in rows if row["edition"] == latest])


def rings(geometry: str) -> list[Numbers]:
    shape = json.loads(geometry)
    parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
    return [np.array(ring, dtype=float) for part in parts for ring in part]


def is_inside(geometry: str, x: Numbers, y: Numbers) -> Flags:
    """Return whether a ray to the east crosses the borders an odd number of times."""
    crossings = np.zeros(len(x), dtype=int)
    for ring in rings(geometry):
        for (x1, y1), (x2, y2) in pairwise(ring):
            if y1 != y2:
                east = x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
                crossings += ((y1 > y) != (y2 > y)) & east
    odd: Flags = crossings % 2 == 1
    return odd


def plane(longitude: Numbers, latitude: Numbers) -> Numbers:
    """Return metres on a plane that touches the ellipsoid GRS 80 in the middle of the city."""
    middle = np.radians((SOUTH + NORTH) / 2)
    flattened = 1 - 0.00669438 * np.sin(middle) ** 2
    to_north = 6378137 * (1 - 0.00669438) / flattened**1.5
    # A degree of longitude is shorter in the north of the city than in its south.
    to_east = 6378137 / np.sqrt(flattened) * np.cos(np.radians(latitude))
    return np.column_stack(
        [to_east * np.radians(longitude - (WEST + EAST) / 2), to_north * np.radians(latitude)]
    )


def to_border(geometry: str, points: pd.DataFrame) -> Numbers:
    """Return metres to the nearest border of a zone; each is drawn on the plane of each point."""
    nearest = np.full(len(points), np.inf)
    longitude, latitude = (points[name].to_numpy() for name in ("longitude", "latitude"))
    places = plane(longitude, latitude)
    for ring in rings(geometry):
        corners = plane(ring[:, 0], ring[:, 1])
        for start, end in pairwise(corners):
            along = end - start
            length = along @ along
            share = np.clip((places - start) @ along / length, 0, 1) if length else 0.0
            foot = start + np.outer(share, along)
            nearest = np.minimum(nearest, np.hypot(*(places - foot).T))
    return nearest


@pytest.fixture(scope="module")
def places() -> pd.DataFrame:
    """Return 10,000 random facilities with what the independent computation says of each."""
    random = np.random.default_rng(6)
    with (SEEDS / "codes" / "code_facility_category.csv").open(encoding="utf-8") as stream:
        kinds = pd.DataFrame(csv.DictReader(stream))
    points = pd.DataFrame(
        {
            "longitude": random.uniform(WEST, EAST, COUNT * 11 // 10),
            "latitude": random.uniform(SOUTH, NORTH, COUNT * 11 // 10),
        }
    )
    chosen = kinds.iloc[random.integers(len(kinds), size=len(points))].reset_index(drop=True)
    points["category"] = chosen["category"]
    points["is_shelter"] = chosen["is_shelter"] == "true"
    x, y = points["longitude"].to_numpy(), points["latitude"].to_numpy()
    shapes = zones()["geometry"]
    points["is_endangered"] = np.any([is_inside(shape, x, y) for shape in shapes], axis=0)
    points["border_m"] = np.min([to_border(shape, points) for shape in shapes], axis=0)
    points["is_safe"] = ~points["is_endangered"] & (points["border_m"] >= SAFE_DISTANCE)
    unsure = (points["border_m"] < UNSURE) | ((points["border_m"] - SAFE_DISTANCE).abs() < UNSURE)
    points = points[~unsure].head(COUNT).reset_index(drop=True)
    assert len(points) == COUNT
    return points.assign(facility_code=[f"E{number:05}" for number in range(COUNT)])


@pytest.fixture(scope="module")
def answers(
    places: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return roles and ways as the models give them."""
    home = tmp_path_factory.mktemp("home")
    names = ("pub_facility_exposure", "pub_safe_facility")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATENLABOR_HOME", str(home))
        dbt(home, "compile", "--select", *names)
    compiled = home / "target/compiled/datenlabor/models/protected"
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as warehouse; use warehouse")
        for schema in ("protected", "marts", "raw"):
            connection.execute(f"create schema {schema}")
        _fill(connection, places)
        for name in names:
            sql = (compiled / f"{name}.sql").read_text("utf-8")
            connection.execute(f"create table protected.{name} as ({sql})")
        exposures, ways = (connection.table(f"protected.{name}").df() for name in names)
    return exposures, ways


def _fill(connection: duckdb.DuckDBPyConnection, places: pd.DataFrame) -> None:
    """Make the tables the models read, with the columns they read."""
    located = located_facilities(places, zones())
    connection.register("places", places)
    connection.register("located", located)
    texts = (
        "facility_name, field_name, area_code, area_name, district_name, municipality_code, "
        "address, carrier_type, capacity_text, accessible_name, contact_role"
    )
    columns = ", ".join(f"'-' as {name}" for name in texts.split(", "))
    connection.execute(
        f"create table protected.pub_facility as select 'internal' as audience_code, {columns}, "
        "true as is_latest_state, facility_code || '@' as facility_key, facility_code, category, "
        "1 as category_order, false as has_people_needing_help, is_shelter, 10 as capacity, "
        "longitude, latitude, current_date as state_on from places"
    )
    connection.execute(
        "create table marts.bridge_facility_x_hazard as select facility_code || '@' as "
        "facility_key, scenario || '@' || edition as hazard_map_key, depth_class, "
        "distance_to_edge_m, is_inside, 'synthetic' as provenance_code from located"
    )
    connection.execute(
        "create table marts.dim_hazard_map as select distinct scenario || '@' || edition as "
        "hazard_map_key, scenario, scenario as scenario_name, 1 as scenario_order, edition, "
        "'s' as source_code, true as is_current_edition from located"
    )
    connection.execute(
        "create table marts.dim_source as select 's' as source_code, '-' as attribution, "
        "'-' as licence_name"
    )
    connection.execute(
        "create table raw.code_provenance as select 'synthetic' as provenance_code, '-' as name_de"
    )


def test_every_place_has_the_role_it_should(
    places: pd.DataFrame, answers: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    found = answers[0].set_index("facility_code")["crisis_role"]
    expected = np.select(
        [
            places["is_endangered"],
            places["is_safe"] & places["is_shelter"],
            places["is_safe"],
        ],
        ["warn", "take_in", "safe"],
        "near",
    )
    assert set(expected) == {"warn", "take_in", "safe", "near"}
    assert found.loc[places["facility_code"]].tolist() == expected.tolist()


def test_the_ten_nearest_are_those_of_the_geodesics(
    places: pd.DataFrame, answers: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    endangered = places[places["is_endangered"]]
    shelters = places[places["is_safe"] & places["is_shelter"]]
    assert len(endangered) > COUNT / 10
    ways = answers[1].sort_values(["facility_code", "safe_rank"])
    assert len(ways) == 10 * len(endangered)
    assert ways["facility_code"].unique().tolist() == endangered["facility_code"].tolist()
    geod = Geod(ellps="GRS80")
    starts, ends = (
        np.repeat(np.arange(len(endangered)), len(shelters)),
        np.tile(np.arange(len(shelters)), len(endangered)),
    )
    start, end = (frame[["longitude", "latitude"]].to_numpy() for frame in (endangered, shelters))
    *_, metres = geod.inv(start[starts, 0], start[starts, 1], end[ends, 0], end[ends, 1])
    table = np.asarray(metres).reshape(len(endangered), len(shelters))
    expected = np.sort(table, axis=1)[:, :10]
    place = {code: number for number, code in enumerate(shelters["facility_code"])}
    chosen = ways["safe_facility_code"].map(place).to_numpy().reshape(-1, 10)
    found = np.take_along_axis(table, chosen, axis=1)
    # Of two that are equally far either may come first.
    assert np.abs(found - expected).max() < 0.02
    assert np.abs(ways["distance_m"].to_numpy().reshape(-1, 10) - expected).max() < 0.52
