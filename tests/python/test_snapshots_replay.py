"""History of registers: lived day by day, replayed from nothing, and computed apart from dbt."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from warehouse_deliveries import Row, dbt, query, write_delivery

from datenlabor import warehouse
from datenlabor.paths import Home

DAYS = ("2026-01-10", "2026-02-10", "2026-03-10")
CHECKED = ("facility_name", "category", "capacity")
Version = tuple[object, ...]


def facility(code: str, name: str, capacity: int | None = None) -> Row:
    return {
        "facility_code": code,
        "facility_name": name,
        "category": "Kita",
        "capacity": capacity,
        "longitude": 6.7,
        "latitude": 51.2,
    }


# Changed, unchanged, gone for good, gone and back, new.
FACILITIES = {
    DAYS[0]: [facility("a", "Ahornhaus", 40), facility("b", "Birkenhof"), facility("c", "Clara")],
    DAYS[1]: [facility("a", "Ahornhaus", 45), facility("b", "Birkenhof"), facility("e", "Eiche")],
    DAYS[2]: [facility("a", "Ahorn", 45), facility("b", "Birkenhof"), facility("c", "Clara")],
}
AREAS = {
    DAYS[0]: [("T-1", "Nord"), ("T-2", "Süd")],
    DAYS[1]: [("T-1", "Nord"), ("T-2", "Südstadt")],
    DAYS[2]: [("T-1", "Nord")],
}


def area(code: str, name: str) -> Row:
    return {
        "area_code": code,
        "area_name": name,
        "area_level": "district",
        "area_type": "Stadtteil",
        "parent_area_code": "05162024",
        "valid_from": date(2000, 1, 1),
        "is_composed": False,
    }


def deliver(home: Path, day: str) -> None:
    write_delivery(home, f"f-{day}", "facility", day, FACILITIES[day])
    write_delivery(home, f"a-{day}", "area", day, [area(*row) for row in AREAS[day]])


def history(home: Path) -> dict[str, list[Version]]:
    facilities = f"""
        select facility_code, {", ".join(CHECKED)}, is_listed,
            cast(dbt_valid_from as date), cast(dbt_valid_to as date)
        from snapshots.snap_facility order by facility_code, dbt_valid_from
    """
    areas = """
        select area_code, area_name, is_listed,
            cast(dbt_valid_from as date), cast(dbt_valid_to as date)
        from snapshots.snap_area where area_code like 'T-%' order by area_code, dbt_valid_from
    """
    return {"facility": query(home, facilities), "area": query(home, areas)}


def computed(states: dict[str, dict[str, Version]]) -> list[Version]:
    """Slowly changing dimension of type 2, straight from what each day lists."""
    versions: list[Version] = []
    for key in sorted({key for state in states.values() for key in state}):
        changes: list[tuple[str, Version]] = []
        for day, state in states.items():
            if key in state:
                values = (*state[key], True)
            elif changes:
                values = (*changes[-1][1][:-1], False)
            else:
                continue
            if not changes or changes[-1][1] != values:
                changes.append((day, values))
        ends = [date.fromisoformat(later[0]) for _, later in pairwise(changes)]
        for (day, values), end in zip(changes, [*ends, None], strict=True):
            versions.append((key, *values, date.fromisoformat(day), end))
    return versions


def expected() -> dict[str, list[Version]]:
    return {
        "facility": computed(
            {
                day: {row["facility_code"]: tuple(row[name] for name in CHECKED) for row in rows}
                for day, rows in FACILITIES.items()
            }
        ),
        "area": computed(
            {day: {code: (name,) for code, name in rows} for day, rows in AREAS.items()}
        ),
    }


def test_history_lived_equals_history_replayed_and_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived, replayed = tmp_path / "lived", tmp_path / "replayed"
    monkeypatch.setenv("DATENLABOR_HOME", str(lived))
    snapshots = ("--select", "snap_area", "snap_facility")
    lived.mkdir()
    deliver(lived, DAYS[0])
    sources = ("stg_register__areas", "+stg_delivery__facilities", "+stg_delivery__areas")
    dbt(lived, "seed", "--select", "code_area")
    dbt(lived, "run", "--select", *sources)
    dbt(lived, "snapshot", *snapshots, as_of=DAYS[0])
    for day in DAYS[1:]:
        deliver(lived, day)
        dbt(lived, "snapshot", *snapshots, as_of=day)
    # A second look at the last day changes nothing.
    note_replayed(lived, *DAYS)
    dbt(lived, "snapshot", *snapshots)

    monkeypatch.setenv("DATENLABOR_HOME", str(replayed))
    replayed.mkdir()
    for day in DAYS:
        deliver(replayed, day)
    dbt(replayed, "seed", "--select", "code_area")
    dbt(replayed, "run", "--select", *sources)
    for day in DAYS:
        dbt(replayed, "snapshot", *snapshots, as_of=day)

    assert history(lived) == expected()
    assert history(replayed) == expected()
    assert len(expected()["facility"]) == 9


def note_replayed(home: Path, *days: str, digest: str = "x") -> None:
    """Say of days what `datenlabor` says when their snapshots are taken."""
    rows = ", ".join(f"(date '{day}', '{digest}')" for day in days)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute("create table if not exists raw.replayed_day (day date, digest varchar)")
        connection.execute(f"insert into raw.replayed_day values {rows}")


def test_a_run_by_hand_takes_no_snapshot_of_days_that_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    snapshot = ("snapshot", "--select", "snap_facility")
    for day in DAYS[:2]:
        write_delivery(tmp_path, f"f-{day}", "facility", day, FACILITIES[day])
    write_delivery(tmp_path, "withdrawn", "facility", DAYS[2], FACILITIES[DAYS[2]])
    (tmp_path / "deliveries/withdrawn/withdrawal.json").write_text(
        json.dumps({"delivery_id": "withdrawn", "withdrawn_at": "2026-04-01T00:00:00"}), "utf-8"
    )
    write_delivery(tmp_path, "figures", "figure", "2026-05-01", [])
    write_delivery(tmp_path, "comments", "comment", "2026-05-02", [])
    dbt(tmp_path, "run", "--select", "+stg_delivery__facilities")
    monkeypatch.setenv("DATENLABOR_AS_OF", DAYS[0])
    dbt(tmp_path, *snapshot)
    monkeypatch.delenv("DATENLABOR_AS_OF")
    note_replayed(tmp_path, DAYS[0])
    waiting = f"published on {DAYS[1]} are not yet in the history"
    with pytest.raises(AssertionError, match=waiting):
        dbt(tmp_path, *snapshot)
    monkeypatch.setenv("DATENLABOR_AS_OF", DAYS[1])
    dbt(tmp_path, *snapshot)
    monkeypatch.delenv("DATENLABOR_AS_OF")
    note_replayed(tmp_path, DAYS[1], digest="")
    with pytest.raises(AssertionError, match=f"published on {DAYS[1]} are not yet"):
        dbt(tmp_path, *snapshot)
    note_replayed(tmp_path, DAYS[1])
    warehouse.mark(home, "abc")
    dbt(tmp_path, *snapshot)
    assert warehouse.built_from(home) is None
    assert query(
        tmp_path,
        "select count(*), count(*) filter (dbt_valid_to is null) from snapshots.snap_facility",
    ) == [(6, 4)]


def test_without_a_history_snapshots_are_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path))
    for day in DAYS[:2]:
        write_delivery(tmp_path, f"f-{day}", "facility", day, FACILITIES[day])
    dbt(tmp_path, "run", "--select", "+stg_delivery__facilities")
    dbt(tmp_path, "snapshot", "--select", "snap_facility")
    latest = query(tmp_path, "select count(*) from snapshots.snap_facility where is_listed")
    assert latest == [(len(FACILITIES[DAYS[1]]),)]
