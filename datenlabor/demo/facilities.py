"""Facilities and services of the town, in three published states; none of them is real.

``facilities.csv`` has a row per category: how many there are, places of all together (empty where
not anchored) and of the smallest and the largest, shares of the kinds of carrier and of accessible
ones, the role to be contacted, how the factors of a district attract them, and which shares are
opened, closed and moved between two states. All of it is assumed, but for two anchors: the Kreis
had 227 day nurseries with 15,344 places (2016) and 54 care homes with 3,888 places (2015), and the
city is assumed to have about 36 % of them, a little more than its share of residents.
"""

import csv
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from datenlabor.demo.geometry import adjacency, point_within
from datenlabor.demo.rounding import round_to_sum
from datenlabor.demo.town import Array, District, Town

CATEGORIES = Path(__file__).with_name("facilities.csv")
STATES = (date(2022, 1, 15), date(2023, 7, 1), date(2024, 10, 1))
"""Days on which the register was published."""

_CARRIER_COLUMNS = ("municipal", "nonprofit", "church", "private")
_CARRIERS = ("städtisch", "freigemeinnützig", "kirchlich", "privat")
_ATTRACTING = ("affluence", "density", "age", "migration")
_STREETS = ("Musterstraße", "Musterweg", "Musterallee", "Beispielstraße", "Beispielweg", "Demoring")
# Which code most of a district has is an assumption.
_POSTAL_CODES = {
    number: code
    for code, numbers in {
        "41460": (1, 2, 3, 4, 5),
        "41462": (16, 17, 18, 19, 20, 21, 22),
        "41464": (13, 14, 15),
        "41466": (9, 11, 12),
        "41468": (6, 7, 8),
        "41469": (10, 27),
        "41470": (28,),
        "41472": (23, 24, 25, 26),
    }.items()
    for number in numbers
}
_ANNEX = " mit Nebenstelle"

_NOT_RESIDENT = 400
"""Users of facilities per district who do not live there, so that a harbour has some too."""
_UNKNOWN = 0.05
"""Share of entries that do not say whether they are accessible."""
_CORRECTED = 0.06
"""Share of entries corrected between two states."""
_STAYS_IN_DISTRICT = 0.7
"""Share of moves that stay within the district; the others end in a neighbouring one."""


@dataclass(frozen=True)
class Category:
    """A row of ``facilities.csv``; shares between 0 and 1."""

    name: str
    count: int
    places: int | None
    sizes: tuple[int, int] | None
    carriers: tuple[float, ...]
    accessible: float
    contact_role: str
    attraction: tuple[float, ...]
    """By attracting factor: logarithm of how much more one deviation of it attracts."""
    opened: float
    closed: float
    moved: float


@dataclass(frozen=True)
class Facility:
    """An entry of the register; its fields are the columns of the contract ``facility``."""

    facility_code: str
    facility_name: str
    category: str
    area_code: str
    street: str
    postal_code: str
    carrier_type: str
    capacity: int | None
    is_accessible: bool | None
    contact_role: str
    longitude: float
    latitude: float


def facilities(town: Town, state: date) -> pd.DataFrame:
    """Return the full register as published on a day, in the columns of the contract ``facility``.

    Grain: facility, ordered by code. A code is never given twice; what is missing from a state was
    closed before.

    Raises:
        ValueError: nothing was published on this day.
        DatenlaborError: as ``geometry.shapes``.

    """
    table = pd.DataFrame(_states(town)[STATES.index(state)])
    return table.astype({"capacity": "Int64", "is_accessible": "boolean"})


@cache
def categories() -> tuple[Category, ...]:
    """Read the categories. Raises OSError, KeyError or ValueError if the file is not as here."""
    with CATEGORIES.open(encoding="utf-8", newline="") as stream:
        return tuple(_category(row) for row in csv.DictReader(stream))


@cache
def _states(town: Town) -> tuple[tuple[Facility, ...], ...]:
    register = _Register(town)
    states = [register.entries()]
    for _ in STATES[1:]:
        register.advance()
        states.append(register.entries())
    return tuple(states)


class _Register:
    """The register as it is kept: entries come, change and go."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._chance = town.chance("facilities")
        self._current: dict[str, Facility] = {}
        self._code_number = 0
        self._name_numbers: Counter[str] = Counter()
        for category in categories():
            self._found(category)

    def entries(self) -> tuple[Facility, ...]:
        """Return the present entries in the order of their codes."""
        return tuple(self._current.values())

    def advance(self) -> None:
        """Close, move, correct and open facilities; none is subject to two of these."""
        for category in categories():
            codes = [
                code for code, entry in self._current.items() if entry.category == category.name
            ]
            shares = np.array([category.closed, category.moved, _CORRECTED])
            ends = np.round(shares * len(codes)).astype(int).cumsum()
            closed, moved, corrected, _ = np.split(self._chance.permutation(codes), ends)
            for code in closed.tolist():
                del self._current[code]
            for code in moved.tolist():
                self._current[code] = self._moved(self._current[code])
            for code in corrected.tolist():
                self._current[code] = self._corrected(self._current[code])
            weights = _weights(self._town, category)
            for _ in range(round(category.opened * len(codes))):
                number = int(self._chance.choice(len(weights), p=weights / weights.sum()))
                self._open(category, self._town.districts[number], self._capacities(category, 1)[0])

    def _found(self, category: Category) -> None:
        """Open all facilities the first state has of a category."""
        weights = _weights(self._town, category)
        uneven = weights * np.exp(self._chance.normal(0, 0.3, len(weights)))
        places = [
            district
            for district, count in zip(
                self._town.districts, round_to_sum(uneven, category.count).tolist(), strict=True
            )
            for _ in range(count)
        ]
        capacities = self._capacities(category, category.count)
        if category.places is not None:
            capacities = round_to_sum(np.array(capacities, np.float64), category.places).tolist()
        for district, capacity in zip(places, capacities, strict=True):
            self._open(category, district, capacity)

    def _capacities(self, category: Category, count: int) -> list[int] | list[None]:
        if category.sizes is None:
            return [None] * count
        smallest, largest = category.sizes
        drawn: list[int] = self._chance.integers(smallest, largest, count, endpoint=True).tolist()
        return drawn

    def _open(self, category: Category, district: District, capacity: int | None) -> None:
        self._code_number += 1
        code = f"E{self._code_number:04d}"
        name = f"{category.name} {district.name}"
        self._name_numbers[name] += 1
        is_known, is_accessible = self._chance.random(2) < (1 - _UNKNOWN, category.accessible)
        self._current[code] = Facility(
            facility_code=code,
            facility_name=f"{name} {self._name_numbers[name]}",
            category=category.name,
            carrier_type=_CARRIERS[int(self._chance.choice(len(_CARRIERS), p=category.carriers))],
            capacity=capacity,
            is_accessible=bool(is_accessible) if is_known else None,
            contact_role=category.contact_role,
            **self._address(district),
        )

    def _address(self, district: District) -> dict[str, Any]:
        """Draw a place within a district, as the fields that say where a facility is."""
        longitude, latitude = point_within(self._town, district, self._chance)
        street = _STREETS[int(self._chance.integers(len(_STREETS)))]
        return {
            "area_code": district.code,
            "street": f"{street} {self._chance.integers(1, 120, endpoint=True)}",
            "postal_code": _POSTAL_CODES[district.number],
            "longitude": longitude,
            "latitude": latitude,
        }

    def _moved(self, entry: Facility) -> Facility:
        """Move within the district or to a neighbouring one; the name stays."""
        here = entry.area_code
        if self._chance.random() >= _STAYS_IN_DISTRICT:
            near = [set(pair) - {here} for pair in adjacency(self._town) if here in pair]
            here = str(self._chance.choice(sorted(set.union(*near))))
        district = next(place for place in self._town.districts if place.code == here)
        return replace(entry, **self._address(district))

    def _corrected(self, entry: Facility) -> Facility:
        """Correct capacity, accessibility or name."""
        kind = self._chance.choice(["capacity", "accessibility", "name"], p=[0.4, 0.4, 0.2])
        if kind == "capacity" and entry.capacity is not None:
            changed = max(1, round(entry.capacity * self._chance.uniform(0.85, 1.15)))
            return replace(entry, capacity=changed + (changed == entry.capacity))
        if kind == "name":
            short = entry.facility_name.removesuffix(_ANNEX)
            is_short = short == entry.facility_name
            return replace(entry, facility_name=short + _ANNEX if is_short else short)
        return replace(entry, is_accessible=not entry.is_accessible)


def _weights(town: Town, category: Category) -> Array:
    """Return how much the districts attract facilities of a category."""
    factors = np.array([town.factor(name) for name in _ATTRACTING])
    people = town.factor("population") + _NOT_RESIDENT
    weights: Array = people * np.exp(category.attraction @ factors)
    return weights


def _category(row: dict[str, str]) -> Category:
    return Category(
        name=row["category"],
        count=int(row["count"]),
        places=int(row["places"]) if row["places"] else None,
        sizes=(int(row["smallest"]), int(row["largest"])) if row["smallest"] else None,
        carriers=tuple(float(row[name]) for name in _CARRIER_COLUMNS),
        accessible=float(row["accessible"]),
        contact_role=row["contact_role"],
        attraction=tuple(float(row[name]) for name in _ATTRACTING),
        opened=float(row["opened"]),
        closed=float(row["closed"]),
        moved=float(row["moved"]),
    )
