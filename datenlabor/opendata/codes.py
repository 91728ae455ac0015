"""The product's code lists as far as open data need them: licences, statuses, provenances."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from datenlabor.errors import DatenlaborError
from datenlabor.paths import SEEDS

FREE = "F"
CONFIDENTIAL = "C"
_PUBLIC = (FREE, CONFIDENTIAL)


@dataclass(frozen=True)
class Licence:
    """An open licence; ``uri`` is its entry in the list of DCAT-AP.de."""

    code: str
    name: str
    url: str
    uri: str


@dataclass(frozen=True)
class Status:
    """A code of OBS_STATUS or CONF_STATUS and what it means in German."""

    code: str
    name: str
    symbol: str
    description: str


@dataclass(frozen=True)
class Codes:
    """``licences`` are the open ones, by the name that rows carry."""

    licences: Mapping[str, Licence]
    obs_status: tuple[Status, ...]
    conf_status: tuple[Status, ...]
    """Only what the public is told: free or secret, never why."""
    synthetic: Status
    """The provenance of invented rows."""

    def licence(self, code: str) -> Licence:
        """Return an open licence by its code. Raises DatenlaborError if it is none."""
        for licence in self.licences.values():
            if licence.code == code:
                return licence
        known = ", ".join(sorted(licence.code for licence in self.licences.values()))
        raise DatenlaborError(
            f"{code!r} is no open licence.", hint=f"Name one of {known} in the city's settings."
        )


def read_codes(seeds: Path = SEEDS) -> Codes:
    """Read the lists. Raises OSError."""
    folder = seeds / "codes"
    licences = [
        Licence(row["licence_code"], row["name"], row["url"], row["dcat_uri"])
        for row in _rows(folder / "code_licence.csv")
        if row["dcat_uri"]
    ]
    provenances = _statuses(folder / "code_provenance.csv", "provenance_code")
    conf_status = _statuses(folder / "code_conf_status.csv", "status_code")
    return Codes(
        licences={licence.name: licence for licence in licences},
        obs_status=_statuses(folder / "code_obs_status.csv", "status_code"),
        conf_status=tuple(status for status in conf_status if status.code in _PUBLIC),
        synthetic=next(one for one in provenances if one.code == "synthetic"),
    )


def _statuses(file: Path, code: str) -> tuple[Status, ...]:
    return tuple(
        Status(row[code], row["name_de"], row.get("symbol_de", ""), row["description_de"])
        for row in _rows(file)
    )


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
