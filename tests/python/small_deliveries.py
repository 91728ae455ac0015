"""A small city, a reader that understands one kind of file, and a store in a folder of its own."""

import csv
from datetime import date
from pathlib import Path

import duckdb

from datenlabor.city import City
from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.deliver import Progress
from datenlabor.deliveries.ingest import ingest
from datenlabor.deliveries.reading import Account, Problem, Reading, Target
from datenlabor.deliveries.spec import Spec
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

CODE = "05162024"

SPEC = """
name: inhabitants
title: Einwohner nach Bezirken
dataset: figure
source:
  code: city_inhabitants
  publisher: Stadt Musterstadt
  title: Einwohner
  licence: dl-de/by-2-0
  attribution: Stadt Musterstadt
match: {name: "einwohner*.csv"}
format: {type: csv}
body: {starts: {line: 2}}
header: {rows: 1}
columns:
  area_code: {from: column 1}
  period: {from: column 2}
  measure_code: {constant: population}
  value: {from: column 3}
"""
AREAS = """
name: areas
title: Bezirke
dataset: area
source:
  code: city_areas
  publisher: Stadt Musterstadt
  title: Bezirke
  licence: dl-de/by-2-0
  attribution: Stadt Musterstadt
match: {name: "*.csv", header: [Schlüssel, Bezirk]}
format: {type: csv}
body: {starts: {line: 2}}
header: {rows: 1}
columns:
  area_code: {from: column 1}
  area_name: {from: column 2}
  area_level: {constant: district}
  area_type: {constant: Bezirk}
"""
TEXT = "Bezirk;Jahr;Einwohner\n01;2020;100\n02;2020;200\n"
OTHER_TEXT = "Bezirk;Jahr;Einwohner\n01;2020;101\n02;2020;200\n"
AREA_TEXT = "Schlüssel;Bezirk\n05162024-01;Hafen\n05162024-02;Markt\n"
BROKEN = "broken"


def write_city(cities: Path, **specs: str) -> None:
    """Write the configuration of a city with specs (name → text)."""
    folder = cities / CODE / "specs"
    folder.mkdir(parents=True, exist_ok=True)
    (folder.parent / "city.yml").write_text(f'code: "{CODE}"\nname: Musterstadt\n', "utf-8")
    for name, text in specs.items():
        (folder / f"{name}.yml").write_text(text, "utf-8")


def small_city() -> City:
    return City(code=CODE, name="Musterstadt")


def small_home(root: Path) -> Home:
    home = Home(root / "home")
    home.root.mkdir()
    return home


def read(file: Path, spec: Spec, target: Target, known: Known, progress: Progress) -> Reading:
    """Read all lines below the first: each is a row, or in quarantine if it says so."""
    text = file.read_text("utf-8")
    if text.startswith(BROKEN):
        raise DatenlaborError(f"{file.name} is broken.", hint="Ask for another one.")
    delimiter = spec.format.delimiter
    _, *rows = list(csv.reader(text.splitlines(), delimiter=delimiter))
    good = [row for row in rows if "quarantine" not in row]
    bad = len(rows) - len(good)
    with duckdb.connect() as connection:
        connection.execute("create table rows (code varchar, texts varchar[])")
        for row in good:
            connection.execute("insert into rows values (?, ?)", [row[0], row])
        connection.execute(
            "create table final as select code as area_code, texts[2] as period, "
            "'population' as measure_code, try_cast(texts[3] as double) as value, 'A' as status, "
            f"'district' as area_level, null::date as valid_to, '{target.delivery_id}' as "
            "delivery_id from rows"
        )
        file_of = target.folder / f"{spec.dataset}.parquet"
        connection.execute(f"copy final to '{file_of}' (format parquet)")
        if bad:
            connection.execute(
                f"copy (select 3 as line_number, '[bold]x' as raw_value) to "
                f"'{target.folder / 'quarantine.parquet'}' (format parquet)"
            )
    progress(len(rows), len(rows))
    assert "population" in known.codes["measure"]
    problem = Problem("not_a_number", "value", "Look at it.", bad, 3, "[bold]x\x1b[31m")
    return Reading(
        rows={spec.dataset: len(good)},
        account=Account(len(rows) + 1, 1, 0, 0, 0, len(good), bad, len(rows), len(good), 0, bad),
        problems=(problem,) if bad else (),
        findings=(),
        published_on=None,
        encoding="utf-8",
    )


def deliver(home: Home, day: date, text: str) -> str:
    """Deliver a list of areas or of inhabitants as published on a day; return the delivery's id."""
    name = "bezirke" if text.startswith("Schlüssel") else "einwohner"
    file = home.root.parent / f"{name}.csv"
    file.write_text(text, "utf-8")
    [outcome] = ingest(home, small_city(), [file], published_on=day, read=read)
    assert outcome.delivery
    return outcome.delivery.id
