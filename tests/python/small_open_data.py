"""A small release with all that makes open data difficult, and its dbt manifest."""

import json
from pathlib import Path
from typing import Any

import duckdb

from datenlabor import opendata, publishing
from datenlabor.city import City
from datenlabor.opendata.codes import read_codes
from datenlabor.paths import Home

CITY = City(code="00000001", name="Musterhafen")
LICENCES = {licence.code: name for name, licence in read_codes().licences.items()}
DL, CC = LICENCES["dl-de/by-2-0"], LICENCES["CC-BY-4.0"]
STATUS = ["obs_status", "conf_status", "provenance_name", "attribution", "licence_name"]
TABLES = {"pub_thing": ("thing_code", "area_code"), "pub_list": ("item_code",)}

SOUTH = "'0105', 'Süd \"am Ufer\"', 'jobs', 'Stellen'"
NORTH = "'0106', 'Nord,\nam See', 'jobs', 'Stellen'"
REAL = "'Veröffentlicht'"
ROWS = f"""
    ({SOUTH}, 2020, 12.5, 3, 'A', 'F', {REAL}, 'Amt', '{DL}'),
    ({SOUTH}, 2021, 1e-7, 0, 'B', 'F', {REAL}, 'Amt', '{DL}'),
    ({SOUTH}, 2022, null, null, 'Q', 'C', {REAL}, 'Amt', '{DL}'),
    ({SOUTH}, 2023, null, null, 'L', 'F', null, null, null),
    ({NORTH}, 2020, 1234567.0, null, 'E', 'F', 'Musterdaten', 'Frei; erfunden', '{CC}'),
    ({NORTH}, 2021, 0.1, 5, 'A', 'F', {REAL}, '', '{DL}'),
    ({NORTH}, 2022, 7, 5, 'A', 'F', {REAL}, 'Zeitung', 'Einzelangabe, zitiert'),
    ({NORTH}, 2023, 8, 5, 'A', 'F', {REAL}, 'Haus', null)
"""
WAREHOUSE = f"""
create schema protected;
create table protected.pub_thing (
    area_code varchar, area_name varchar, thing_code varchar, thing_name varchar,
    calendar_year integer, thing_value double, thing_count bigint, obs_status varchar,
    conf_status varchar, provenance_name varchar, attribution varchar, licence_name varchar
);
insert into protected.pub_thing values {ROWS};
alter table protected.pub_thing add column is_inside boolean default true;
create table protected.pub_list as
select 'x' as item_code, 'Eintrag <b>' as item_name, date '2026-11-22' as seen_on, true as is_new
union all select 'y', null, null, false;
create table protected.pub_inner as select 1 as item;
"""
SHAPE = {
    "name": "sachen",
    "description": "Sachen je Gebiet.",
    "keywords": ["Sachen"],
    "themes": ["ECON"],
    "dimensions": ["area_code", "thing_code"],
    "time": "calendar_year",
    "measures": ["thing_value", "thing_count"],
    "names": {"area_code": "area_name", "thing_code": "thing_name"},
    "attributes": STATUS,
}
LIST = {
    "name": "liste",
    "description": "Eine Liste.",
    "keywords": ["Liste"],
    "themes": ["GOVE"],
    "dimensions": ["item_code"],
    "attributes": ["item_name", "seen_on", "is_new"],
}
_COLUMNS = {
    "pub_thing": [
        *("area_code", "area_name", "thing_code", "thing_name", "calendar_year"),
        *("thing_value", "thing_count", *STATUS, "is_inside"),
    ],
    "pub_list": ["item_code", "item_name", "seen_on", "is_new", "attribution", "licence_name"],
}
_KEYS = {"pub_thing": ["area_code", "calendar_year", "thing_code"], "pub_list": ["item_code"]}


def write_manifest(
    folder: Path,
    listed: dict[str, Any] | None = None,
    **changes: Any,  # noqa: ANN401 any JSON
) -> Path:
    """Write a manifest; ``changes`` are made to the declaration of the cube, others to the list."""
    shapes = {"pub_thing": {**SHAPE, **changes}, "pub_list": {**LIST, **(listed or {})}}
    nodes = {
        name: {
            "name": name,
            "resource_type": "model",
            "schema": "protected",
            "description": "Intern.\n\n**Grain:** eine Zeile je Sache.\n**Primary key:** egal.",
            "config": {"meta": {"label": f"Titel {name}", "open_data": shape}},
            "constraints": [{"type": "primary_key", "columns": _KEYS[name]}],
            "columns": {
                column: {
                    "description": f"Bedeutung von\n{column}.",
                    "config": {"meta": {"label": f"Name {column}"}},
                }
                for column in _COLUMNS[name]
            },
        }
        for name, shape in shapes.items()
    }
    nodes["pub_inner"] = {
        **nodes["pub_list"],
        "name": "pub_inner",
        "config": {"meta": {"label": "Innen"}},
    }
    file = folder / "manifest.json"
    file.write_text(json.dumps({"nodes": nodes}))
    return file


def home_with_release(folder: Path, *statements: str) -> Home:
    """Publish the small release, changed by SQL."""
    home = Home(folder / "home")
    home.root.mkdir(parents=True, exist_ok=True)
    home.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        for sql in (WAREHOUSE, *statements):
            connection.execute(sql)
    publishing.publish(home, tables=TABLES)
    write_manifest(folder)
    return home


def export(home: Home, root: Path | None = None) -> opendata.Export:
    return opendata.export(home, CITY, manifest=home.root.parent / "manifest.json", root=root)


def query(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
