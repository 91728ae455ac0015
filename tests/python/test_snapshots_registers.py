"""Registers that several specs, or the product and a city, say different things about."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import pytest
from warehouse_deliveries import Row, dbt, query, write_delivery

START = "2026-11-21"  # Day of the product's first lists.
DAYS = (START, "2026-12-10", "2027-01-10", "2027-02-10")
CITY = "05162024"
SNAPSHOTS = ("snap_area", "snap_facility", "snap_indicator")
Version = tuple[object, ...]


def facility(code: str, name: str) -> Row:
    place = {"longitude": 6.7, "latitude": 51.2}
    return {"facility_code": code, "facility_name": name, "category": "Kita", **place}


def area(code: str, name: str, valid_from: str = "1975-01-01") -> Row:
    return {
        "area_code": code,
        "area_name": name,
        "area_level": "municipality",
        "area_type": "Stadt",
        "valid_from": valid_from,
        "is_composed": False,
    }


def deliver(home: Path) -> None:
    """Two specs list facility a; the city says something of two areas for a month."""
    deliveries: list[tuple[str, str, str, list[Row]]] = [
        ("B", "facility", DAYS[1], [facility("a", "aus B")]),
        ("A", "facility", DAYS[2], [facility("a", "aus A"), facility("z", "Zeder")]),
        ("A", "facility", DAYS[3], [facility("z", "Zeder")]),
        ("own", "area", DAYS[1], [area(CITY, "Eigen"), area("05111", "Neu", "2000-01-01")]),
        ("own", "area", DAYS[2], [area("05162024-1", "Nord")]),
        ("own", "indicator", DAYS[1], [SHARE]),
    ]
    for spec, dataset, day, rows in deliveries:
        write_delivery(
            home, f"{spec}-{dataset}-{day}", dataset, day, rows, spec_name=f"{spec}_{dataset}"
        )


SHARE: Row = {
    "indicator_code": "share_women",
    "chapter_code": "demography",
    "indicator_order": 900,
    "is_headline": False,
    "name_de": "Frauenanteil der Stadt",
    "unit_code": "percent",
    "decimals": 1,
    "direction": 0,
    "value_kind": "published",
    "numerator_measure_code": "share",
    "definition_de": "Anteil",
    "protection_rule": "official",
}


def change_lists(home: Path, day: str) -> None:
    """Add the rows that change the product's lists on a day."""
    indicators = "insert into raw.catalogue_indicator select * replace ({}) from "
    indicators += "raw.catalogue_indicator where indicator_code = '{}'"
    areas = "insert into raw.code_area select * replace ({}) from raw.code_area "
    areas += "where area_code = '{}'"
    changed = f"date '{day}' as changed_on"
    changes = {
        DAYS[2]: [
            indicators.format(f"'Einwohnerzahl' as name_de, {changed}", "population"),
            areas.format(f"'Krefeld am Rhein' as area_name, {changed}", "05114"),
        ],
        DAYS[3]: [indicators.format(f"false as is_listed, {changed}", "share_women")],
    }
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        for change in changes.get(day, ()):
            connection.execute(change)


def history(home: Path) -> dict[str, list[Version]]:
    def versions(snapshot: str, columns: str, where: str) -> list[Version]:
        return query(
            home,
            f"select {columns}, is_listed, cast(dbt_valid_from as date), "
            f"cast(dbt_valid_to as date) from snapshots.{snapshot} where {where} order by all",
        )

    return {
        "facility": versions("snap_facility", "facility_name", "facility_code = 'a'"),
        "area": versions(
            "snap_area",
            "area_code, extract(year from valid_from), area_name",
            f"area_code in ('{CITY}', '05111', '05114')",
        ),
        "indicator": versions(
            "snap_indicator", "name_de", "indicator_code in ('population', 'share_women')"
        ),
    }


def expected() -> dict[str, list[Version]]:
    days = tuple(map(date.fromisoformat, DAYS))
    return {
        "facility": [
            ("aus A", True, days[2], days[3]),
            ("aus B", True, days[1], days[2]),
            ("aus B", True, days[3], None),
        ],
        "area": [
            ("05111", 1975, "Düsseldorf", False, days[1], days[2]),
            ("05111", 1975, "Düsseldorf", True, days[0], days[1]),
            ("05111", 1975, "Düsseldorf", True, days[2], None),
            ("05111", 2000, "Neu", False, days[2], None),
            ("05111", 2000, "Neu", True, days[1], days[2]),
            ("05114", 1975, "Krefeld", True, days[0], days[2]),
            ("05114", 1975, "Krefeld am Rhein", True, days[2], None),
            (CITY, 1975, "Eigen", True, days[1], days[2]),
            (CITY, 1975, "Neuss", True, days[0], days[1]),
            (CITY, 1975, "Neuss", True, days[2], None),
        ],
        "indicator": [
            ("Einwohner", True, days[0], days[2]),
            ("Einwohnerzahl", True, days[2], None),
            ("Frauenanteil", True, days[0], days[3]),
            ("Frauenanteil der Stadt", True, days[3], None),
        ],
    }


def live(home: Path, before: Callable[[str], None] = lambda _day: None) -> None:
    for day in DAYS:
        before(day)
        dbt(home, "snapshot", "--select", *SNAPSHOTS, as_of=day)


def test_history_of_what_several_speak_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    deliver(tmp_path)
    dbt(tmp_path, "seed", "--select", "code_area", "catalogue_indicator")
    sources = [f"+{name},resource_type:model" for name in SNAPSHOTS]
    dbt(tmp_path, "run", "--select", *sources)
    live(tmp_path, lambda day: change_lists(tmp_path, day))
    assert history(tmp_path) == expected()

    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("drop schema snapshots cascade")
    live(tmp_path)
    assert history(tmp_path) == expected()
    dbt(tmp_path, "test", "--select", *SNAPSHOTS)


def test_only_active_deliveries_keep_their_contract(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A delivery that breaks a contract of today can be withdrawn."""
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    crosswalk = {"old_area_code": "a", "new_area_code": "b", "basis": "population", "weight": 2}
    row = {**crosswalk, "reform_on": "2010-01-01"}
    write_delivery(tmp_path, "wrong", "area_crosswalk", DAYS[0], [row])
    dbt(tmp_path, "run", "--select", "stg_delivery__deliveries", "stg_delivery__area_crosswalks")
    guards = ("test", "--select", "source:deliveries.area_crosswalk")
    with pytest.raises(AssertionError, match="keeps_contract"):
        dbt(tmp_path, *guards)
    withdrawal = tmp_path / "deliveries" / "wrong" / "withdrawal.json"
    withdrawal.write_text('{"delivery_id": "wrong", "withdrawn_at": "2027-01-01T08:00:00"}')
    dbt(tmp_path, *guards)
