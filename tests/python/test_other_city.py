"""Another city, from deliveries alone: areas, peers, figures and maps, none of the demo city."""

import json
from datetime import date
from pathlib import Path

import pytest
from warehouse_deliveries import Row, dbt, seen, write_delivery, write_rows

CITY = "05315"
SQUARE = [[[6.9, 50.9], [7.0, 50.9], [7.0, 51.0], [6.9, 50.9]]]
HOLE = [[6.92, 50.92], [6.93, 50.92], [6.93, 50.93], [6.92, 50.92]]


def area(code: str, name: str, level: str, kind: str, parent: str | None, **more: object) -> Row:
    return {
        "area_code": code,
        "area_name": name,
        "area_level": level,
        "area_type": kind,
        "parent_area_code": parent,
        "valid_from": date(1975, 1, 1),
        "is_composed": False,
        **more,
    }


AREAS = [
    area(CITY, "Köln", "county", "Kreisfreie Stadt", "05"),
    area(
        "05315-1",
        "Ost",
        "district",
        "Stadtteil",
        CITY,
        valid_from=date(2010, 1, 1),
        geometry=json.dumps({"type": "Polygon", "coordinates": [*SQUARE, HOLE]}),
    ),
    area(
        "05315-2",
        "West",
        "district",
        "Stadtteil",
        CITY,
        geometry=json.dumps({"type": "MultiPolygon", "coordinates": [SQUARE, SQUARE]}),
    ),
    area("05315-8", "Alt", "district", "Stadtteil", CITY, valid_to=date(2009, 12, 31)),
    area("05315-9", "Neu", "district", "Stadtteil", CITY, valid_to=date(2009, 12, 31)),
]
FIRST = {
    (CITY, "2015-12-31"): 1000,
    ("05315-1", "2015-12-31"): 400,
    ("05315-2", "2015-12-31"): 600,
    ("05315-8", "2009-12-31"): 100,
    ("05315-9", "2009-12-31"): 250,
}
SECOND = {**FIRST, ("05315-1", "2015-12-31"): 410}


def figures(values: dict[tuple[str, str], int], measure: str = "population") -> list[Row]:
    return [
        {
            "area_code": code,
            "period": period,
            "measure_code": measure,
            "value": value,
            "obs_status": "A",
            "provenance": "published",
        }
        for (code, period), value in values.items()
    ]


def deliver(home: Path) -> None:
    write_delivery(home, "areas", "area", "2026-01-01", AREAS)
    write_delivery(
        home,
        "crosswalk",
        "area_crosswalk",
        "2026-01-01",
        [
            {
                "old_area_code": code,
                "new_area_code": "05315-1",
                "reform_on": date(2010, 1, 1),
                "basis": "population",
                "weight": 1.0,
            }
            for code in ("05315-8", "05315-9")
        ],
    )
    peers = [(CITY, 1, "Stadt"), ("05", 2, "Land"), ("DE", 3, "Bund")]
    write_delivery(
        home,
        "peers",
        "peer",
        "2026-01-01",
        [
            {"area_code": code, "area_order": order, "peer_group": group}
            for code, order, group in peers
        ],
    )
    write_delivery(
        home,
        "indicators",
        "indicator",
        "2026-01-01",
        [
            {
                "indicator_code": "dogs",
                "chapter_code": "demography",
                "indicator_order": 90,
                "is_headline": False,
                "name_de": "Hunde",
                "unit_code": "cases",
                "decimals": 0,
                "direction": 0,
                "value_kind": "count",
                "numerator_measure_code": "dogs",
                "definition_de": "Gemeldete Hunde.",
                "reporting_lag_months": 6,
                "protection_rule": "official",
            }
        ],
    )
    write_delivery(home, "figures-1", "figure", "2016-06-01", figures(FIRST))
    write_delivery(home, "figures-2", "figure", "2017-06-01", figures(SECOND))
    write_delivery(home, "figures-3", "figure", "2018-06-01", figures({(CITY, "2015-12-31"): 1}))
    (home / "deliveries/figures-3/withdrawal.json").write_text(
        json.dumps({"delivery_id": "figures-3", "withdrawn_at": "2026-01-01T00:00:00"}), "utf-8"
    )
    write_delivery(
        home,
        "dogs",
        "figure",
        "2026-06-01",
        figures({("05315-1", "2015-12-31"): 7}, "dogs"),
        spec_name="dogs",
    )
    # A folder that is still being written is not there.
    unfinished = home / "deliveries/.unfinished"
    unfinished.mkdir()
    write_rows(unfinished / "figure.parquet", "figure", "x", figures({(CITY, "2014"): 5}))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATENLABOR_HOME", str(folder))
        deliver(folder)
        # `as_of`: history is not the point here, the last state of the registers is enough.
        dbt(
            folder,
            "build",
            city_code=CITY,
            withheld_indicators=["unemployed"],
            as_of="2026-12-31",
        )
    return folder


def test_readers_see_the_city_its_parts_and_its_peers(home: Path) -> None:
    assert seen(
        home,
        "select distinct area_code, area_level_name, peer_group, area_order "
        "from protected.pub_indicator_value order by area_order",
    ) == [
        (CITY, "Kreis", "Stadt", 1),
        ("05", "Land", "Land", 2),
        ("DE", "Bund", "Bund", 3),
        ("05315-1", "Stadtteil", "Stadtteil", 4),
        ("05315-2", "Stadtteil", "Stadtteil", 5),
    ]


def test_a_revised_figure_is_marked_and_its_first_value_kept(home: Path) -> None:
    assert seen(
        home,
        "select value_text, status_symbol, is_revised from protected.pub_indicator_value where "
        "area_code = '05315-1' and indicator_code = 'population' and calendar_year = 2015",
    ) == [("410", "r", True)]
    assert seen(
        home,
        "select release_id, indicator_value, known_from_on, known_to_on "
        "from marts.fct_indicator_vintage where area_key = '05315-1@2010-01-01' "
        "and indicator_code = 'population' and time_key = '2015' order by known_from_on",
    ) == [
        ("figures-1", 400, date(2016, 6, 1), date(2017, 6, 1)),
        ("figures-2", 410, date(2017, 6, 1), None),
    ]


def test_a_withdrawn_delivery_never_was(home: Path) -> None:
    assert seen(
        home,
        "select release_id, indicator_value from marts.fct_indicator_vintage "
        f"where area_key = '{CITY}@1975-01-01' and indicator_code = 'population'",
    ) == [("figures-1", 1000)]
    assert seen(
        home,
        "select delivery_state from staging.stg_delivery__deliveries "
        "where delivery_id = 'figures-3'",
    ) == [("withdrawn",)]


def test_merged_areas_go_on_in_present_borders(home: Path) -> None:
    assert seen(
        home,
        "select value_text, obs_status, provenance_name, remark "
        "from protected.pub_indicator_value where area_code = '05315-1' "
        "and indicator_code = 'population' and calendar_year = 2009",
    ) == [
        (
            "350",
            "A",
            "Aus veröffentlichten Zahlen berechnet",
            "umgerechnet auf den Gebietsstand vom 01.01.2010; Gebiete zusammengefasst",
        )
    ]


def test_an_indicator_is_one_row_and_a_withheld_one_is_not_published(home: Path) -> None:
    assert seen(
        home,
        "select value_text, attribution from protected.pub_indicator_value "
        "where indicator_code = 'dogs' and indicator_value is not null",
    ) == [("7", "Stadt, eigene Angaben")]
    for table in ("pub_indicator_value", "pub_indicator_overview", "pub_indicator_map"):
        assert seen(
            home, f"select count(*) from protected.{table} where indicator_code = 'unemployed'"
        ) == [(0,)]
    assert seen(
        home, "select count(*) from marts.fct_indicator_value where indicator_code = 'unemployed'"
    ) > [(0,)]


def test_borders_are_polygons_with_holes(home: Path) -> None:
    parts = seen(
        home,
        "select area_code, part_number, contour from protected.pub_area_geometry order by all",
    )
    assert [part[:2] for part in parts] == [("05315-1", 1), ("05315-2", 1), ("05315-2", 2)]
    assert json.loads(parts[0][2]) == {"type": "Polygon", "coordinates": [*SQUARE, HOLE]}
    assert json.loads(parts[1][2]) == {"type": "Polygon", "coordinates": SQUARE}
    assert seen(
        home,
        "select shown_value, value_text from protected.pub_indicator_map "
        "where area_code = '05315-1' and indicator_code = 'dogs' and calendar_year = 2015",
    ) == [(7, "7")]
