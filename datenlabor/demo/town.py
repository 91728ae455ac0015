"""The town the demo is about: its areas, what they are like, and the source of all chance.

The names and numbers of the 28 districts are real. Which observation area a district belongs to
is an assumption (the official list is not published), and so are positions and factors.
"""

import csv
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CITY = "05162024"
FIRST_YEAR = 2009
LAST_YEAR = 2024
SEED = 20_240_617

AREAS = Path(__file__).with_name("areas.csv")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class District:
    """A statistical district. Factors are standardised: 0 is the city's average, 1 a deviation."""

    number: int
    name: str
    observation_area: str
    """Name of the observation area it belongs to."""
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

    @property
    def code(self) -> str:
        """Area code as in the contracts."""
        return f"{CITY}-{self.number:02d}"


@dataclass(frozen=True)
class Town:
    """All districts in the order of their numbers, and chance."""

    districts: tuple[District, ...]
    seed: int = SEED

    @classmethod
    def read(cls, file: Path = AREAS, seed: int = SEED) -> "Town":
        """Read the districts. Raises OSError, KeyError or ValueError if the file is not as here."""
        with file.open(encoding="utf-8", newline="") as stream:
            return cls(tuple(_district(row) for row in csv.DictReader(stream)), seed)

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years the social figures cover."""
        return tuple(range(FIRST_YEAR, LAST_YEAR + 1))

    @cached_property
    def observation_areas(self) -> tuple[str, ...]:
        """Names of the observation areas, in the order of their first district."""
        return tuple(dict.fromkeys(district.observation_area for district in self.districts))

    def observation_area_code(self, name: str) -> str:
        """Area code of an observation area. Raises ValueError if there is none of this name."""
        return f"{CITY}-B{self.observation_areas.index(name) + 1:02d}"

    def factor(self, name: str) -> Array:
        """Return a factor of all districts, in their order. Raises AttributeError if unknown."""
        return np.array([getattr(district, name) for district in self.districts], np.float64)

    def chance(self, subject: str) -> np.random.Generator:
        """Return a generator of its own for a subject, so that subjects do not disturb each other.

        Philox is the same on every machine.
        """
        return np.random.Generator(np.random.Philox([self.seed, zlib.crc32(subject.encode())]))


def _district(row: dict[str, str]) -> District:
    return District(
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
    )
