"""The generator of loads: towns of any size as deliveries in a home, to test what it costs.

Their codes begin with 99, which no state has. Companies are drawn in blocks, each a city of its own
kind, so that memory does not grow with their number.
"""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb
import numpy as np
import pandas as pd

from datenlabor.deliveries import store
from datenlabor.deliveries.contract import contracts
from datenlabor.demo.anchors import published
from datenlabor.demo.companies import companies
from datenlabor.demo.geometry import KM_PER_DEGREE
from datenlabor.demo.industries import YEARS
from datenlabor.demo.registers import areas, peers
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.social import social_figures
from datenlabor.demo.supply import Supply, record
from datenlabor.demo.town import SEED, Array, District, Town
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, Home
from datenlabor.publishing.tables import literal

BLOCK = 10_000
"""Companies drawn at a time."""
_REGISTERS_ON, _PUBLISHED_ON = date(2020, 1, 15), date(2025, 9, 30)
_ARRIVED_AT = datetime(2025, 10, 1, tzinfo=UTC)
_SPACING_KM = 1.5
_TOWNS_PER_ROW = 20
_DEGREES_BETWEEN_TOWNS = (0.4, 0.25)
_RESIDENTS = 4_500
"""Of the median district."""


@dataclass(frozen=True)
class Load:
    """What is to be generated; at least one city of two districts, companies may be 0."""

    cities: int
    districts: int
    """Of each city."""
    companies: int
    """Of each city, active at the end of 2014; other years differ as those of the demo city do."""
    years: int
    """The last ones of ``industries.YEARS``; figures begin in 2009 at the earliest."""

    @property
    def blocks(self) -> list[int]:
        """Companies of a city in portions of about ``BLOCK``."""
        count = math.ceil(self.companies / BLOCK)
        return round_to_sum(np.ones(count), self.companies).tolist() if count else []

    @property
    def parts(self) -> int:
        """How many parts ``write`` reports."""
        return 1 + self.cities * (1 + len(self.blocks))


def load_town(load: Load, number: int) -> Town:
    """Draw a town, ``number`` from 1. It has about the factors of a city of its kind."""
    chance = np.random.Generator(np.random.Philox([SEED, zlib.crc32(b"load"), number]))
    count = load.districts
    code = f"99{number:06d}"
    affluence, density, age, mixed = chance.normal(0, 1, (4, count)).round(2)
    people = np.rint(_RESIDENTS * np.exp(0.6 * chance.standard_normal(count))).astype(int)
    east, north = _centres(number, count, chance).T
    districts = tuple(
        District(
            town_code=code,
            number=place + 1,
            name=f"Bezirk {place + 1}",
            observation_area="",
            longitude=float(east[place]),
            latitude=float(north[place]),
            affluence=float(affluence[place]),
            density=float(density[place]),
            age=float(age[place]),
            migration=float(np.round(0.8 * mixed[place] - 0.6 * affluence[place], 2)),
            population=int(people[place]),
            change_2012=round(0.01 * int(people[place]) * float(chance.standard_normal())),
            is_young=int(age[place] < -1),
            job_sites=round(0.4 * int(people[place]) * float(np.exp(0.5 * density[place]))),
        )
        for place in range(count)
    )
    return Town(
        code=code,
        name=f"Teststadt {number}",
        parent_code="DE",
        district_type="Bezirk",
        size=int(people.sum()) / published("population")[2015],
        growth=round(float(chance.normal(0, 0.004)), 4),
        hectares=round(100 * count * _SPACING_KM**2),
        affluence=round(float(chance.normal(0, 0.5)), 2),
        density=round(float(chance.normal(0, 0.5)), 2),
        age=round(float(chance.normal(0, 0.5)), 2),
        migration=round(float(chance.normal(0, 0.5)), 2),
        districts=districts,
        seed=SEED + number,
    )


def check_target(home: Home) -> None:
    """Refuse any folder that is not empty: a home in use, but also a checkout.

    Raises:
        DatenlaborError: something is there, or it lies where the checkout keeps the deliveries of
            a city.

    """
    if home.root.is_relative_to(PROJECT / "data"):
        raise DatenlaborError(
            f"{home.root} is where a city keeps its own deliveries.",
            hint="Name an empty folder elsewhere; a load is for tests only.",
        )
    if home.root.exists() and (not home.root.is_dir() or any(home.root.iterdir())):
        raise DatenlaborError(
            f"{home.root} is not an empty folder; a load is never mixed with anything else.",
            hint="Name a new or an empty folder.",
        )


def write(home: Home, load: Load) -> Iterator[str]:
    """Write all deliveries into a home, and say after each part what it was.

    The same load gives the same rows. Raises DatenlaborError as ``check_target``, OSError.
    """
    check_target(home)
    towns = [load_town(load, number) for number in range(1, load.cities + 1)]
    first_year = YEARS[-1] + 1 - load.years
    with store.locked(home):
        registers = [
            ("gebiete", "area", pd.concat([areas(town) for town in towns])),
            ("vergleichsstaedte", "peer", peers(towns)),
        ]
        for name, dataset, rows in registers:
            _deliver(home, _supply(name, dataset, rows, _REGISTERS_ON))
        yield "areas"
        for town in towns:
            figures = social_figures(town)
            rows = figures[figures["period"].str[:4].astype(int) >= first_year]
            _deliver(home, _supply("kennzahlen", "figure", rows, _PUBLISHED_ON))
            yield f"figures of {town.name}"
            for number, stock in enumerate(load.blocks, start=1):
                block = replace(town, seed=town.seed + number * load.cities)
                for supply in _company_supplies(block, stock, number, first_year):
                    _deliver(home, supply)
                yield f"companies of {town.name}, block {number}"


def _centres(number: int, count: int, chance: np.random.Generator) -> Array:
    """Draw longitudes and latitudes of districts, on a grid but a little off: districts by 2."""
    side = math.ceil(math.sqrt(count))
    grid = np.column_stack([np.arange(count) % side, np.arange(count) // side])
    shifted = grid + chance.uniform(-0.25, 0.25, grid.shape)
    row, column = divmod(number - 1, _TOWNS_PER_ROW)
    corner = np.array([6.0, 50.0]) + np.array([column, row]) * _DEGREES_BETWEEN_TOWNS
    centres: Array = np.round(corner + shifted * _SPACING_KM / KM_PER_DEGREE, 4)
    return centres


def _company_supplies(block: Town, stock: int, number: int, first_year: int) -> Iterator[Supply]:
    drawn = companies(block, stock)
    # Codes are unique within a block only.
    ending = f"-{block.code[2:]}-{number}"
    for name, dataset, rows, moment in (
        ("unternehmen", "company_year", drawn.years, "year"),
        ("ereignisse", "company_event", drawn.events, "event_on"),
        ("zahlungsverhalten", "company_quarter", drawn.quarters, "quarter"),
    ):
        is_late = rows[moment].astype(str).str[:4].astype(int) >= first_year
        coded = rows[is_late].assign(company_code=rows["company_code"] + ending)
        if "group_code" in coded:
            coded["group_code"] += ending
        yield _supply(name, dataset, coded, _PUBLISHED_ON)


def _supply(name: str, dataset: str, rows: pd.DataFrame, published_on: date) -> Supply:
    is_register = contracts()[dataset].kind == "register"
    return Supply(
        kind="municipal",
        name=f"last_{name}",
        dataset=dataset,
        title=f"Lasttest: {name.capitalize()}",
        published_on=published_on,
        rows=rows,
        scope="full" if is_register else "partial",
    )


def _deliver(home: Home, supply: Supply) -> None:
    """Write a delivery as the store keeps it, but without an original: there was no file."""
    taken = store.ids(home)
    text = f"{supply.name} {len(taken)}"
    delivery_id, moment = store.next_id(_ARRIVED_AT, taken, f"{zlib.crc32(text.encode()):08x}")
    folder = store.incoming(home, delivery_id)
    columns = ", ".join(
        f"cast({column.name} as {column.type.sql}) as {column.name}"
        if column.name in supply.rows
        else f"cast(null as {column.type.sql}) as {column.name}"
        for column in contracts()[supply.dataset].columns
    )
    own = f"row_number() over () as line_number, {literal(delivery_id)} as delivery_id"
    with duckdb.connect() as connection:
        drawn = connection.from_df(supply.rows).project(f"{columns}, {own}")
        drawn.write_parquet(str(folder / f"{supply.dataset}.parquet"))
    known = record(supply, delivery_id=delivery_id, received_at=moment, content=b"")
    store.add(home, known, folder)
