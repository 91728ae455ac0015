"""The towns of the demo: their areas, what they are like, and the source of all chance.

The names and numbers of the 28 districts of Neuss are real. Which observation area a district
belongs to is an assumption (the official list is not published), and so are positions and factors.
Of Riesa only the name is real, and Musterhafen does not exist: both are there to compare with. They
are made like Neuss, the only town with published figures (``anchors.csv``), scaled to their size
and moved by their factors.
"""

import csv
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CITY = "05162024"
"""The demo city, for which all is delivered; published figures are of it."""
COUNTY = "05162"
RIESA = "14627310"
COMPARED = (RIESA, "05999001")
"""Towns to compare it with. There is no Kreis 05999, and thus no municipality 05999001."""
FIRST_YEAR = 2009
LAST_YEAR = 2024
SEED = 20_240_617

TOWNS_AT_HAND = 4
"""Towns of which what was drawn is kept, for the next subject; there may be thousands."""
TOWNS = Path(__file__).with_name("towns.csv")
AREAS = Path(__file__).with_name("areas.csv")

_BASE_YEAR = 2015
"""Year of the residents in the files."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class District:
    """A district. Factors are standardised: 0 is the town's average, 1 a deviation."""

    town_code: str
    number: int
    name: str
    observation_area: str
    """Name of the observation area it belongs to; empty where a town has none."""
    longitude: float
    """Degrees east of its centre, EPSG:4326."""
    latitude: float
    affluence: float
    density: float
    """How densely it is built."""
    age: float
    migration: float
    population: int
    """About how many residents at the end of 2015."""
    change_2012: int
    """Residents won or lost in 2012, where nothing is published."""
    is_young: int
    """1 where more than 20 % are under 18, else 0."""
    job_sites: int
    """About how many jobs there are."""

    @property
    def code(self) -> str:
        """Area code as in the contracts."""
        return f"{self.town_code}-{self.number:02d}"


@dataclass(frozen=True)
class Town:
    """A town with its districts in the order of their numbers, and chance.

    Its factors say how far its average lies from that of the demo city, in the deviations of
    that city's districts.
    """

    code: str
    name: str
    parent_code: str
    """Area that contains it."""
    district_type: str
    """What it calls its districts, in German."""
    size: float
    """Residents at the end of 2015 as a multiple of those of the demo city."""
    growth: float
    """Growth of that multiple per year."""
    hectares: int
    affluence: float
    density: float
    age: float
    migration: float
    districts: tuple[District, ...]
    seed: int

    @classmethod
    def read(cls, code: str = CITY, seed: int = SEED) -> "Town":
        """Read a town. Raises OSError, KeyError or ValueError if the files are not as here."""
        rows = {row["town_code"]: row for row in _rows(TOWNS)}
        row = rows[code]
        return cls(
            code=code,
            name=row["name"],
            parent_code=row["parent_code"],
            district_type=row["district_type"],
            size=int(row["population_2015"]) / int(rows[CITY]["population_2015"]),
            growth=float(row["growth"]),
            hectares=int(row["hectares"]),
            affluence=float(row["affluence"]),
            density=float(row["density"]),
            age=float(row["age"]),
            migration=float(row["migration"]),
            districts=tuple(_district(row) for row in _rows(AREAS) if row["town_code"] == code),
            seed=seed + list(rows).index(code),
        )

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years the social figures cover."""
        return tuple(range(FIRST_YEAR, LAST_YEAR + 1))

    @cached_property
    def observation_areas(self) -> tuple[str, ...]:
        """Names of the observation areas, in the order of their first district."""
        names = (district.observation_area for district in self.districts)
        return tuple(dict.fromkeys(name for name in names if name))

    def observation_area_code(self, name: str) -> str:
        """Area code of an observation area. Raises ValueError if there is none of this name."""
        return f"{self.code}-B{self.observation_areas.index(name) + 1:02d}"

    def factor(self, name: str) -> Array:
        """Return a property of all districts, in their order. Raises AttributeError if unknown."""
        return np.array([getattr(district, name) for district in self.districts], np.float64)

    def scale(self, year: int) -> float:
        """Return how many residents it has for one of the demo city."""
        return self.size * (1 + self.growth) ** (year - _BASE_YEAR)

    def tilt(self, loadings: Mapping[str, float]) -> float:
        """Return what its factors make of loadings per deviation, such as ``{"age": 0.1}``.

        Loadings of other things than factors do not count.
        """
        names = ("affluence", "density", "age", "migration")
        return sum(float(getattr(self, name)) * loadings.get(name, 0) for name in names)

    def chance(self, subject: str) -> np.random.Generator:
        """Return a generator of its own for a subject, so that subjects do not disturb each other.

        Philox is the same on every machine.
        """
        return np.random.Generator(np.random.Philox([self.seed, zlib.crc32(subject.encode())]))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _district(row: dict[str, str]) -> District:
    return District(
        town_code=row["town_code"],
        number=int(row["number"]),
        name=row["name"],
        observation_area=row["observation_area"],
        longitude=float(row["longitude"]),
        latitude=float(row["latitude"]),
        affluence=float(row["affluence"]),
        density=float(row["density"]),
        age=float(row["age"]),
        migration=float(row["migration"]),
        population=int(row["population_2015"]),
        change_2012=int(row["change_2012"] or 0),
        is_young=int(row["is_young"]),
        job_sites=int(row["job_sites"]),
    )
