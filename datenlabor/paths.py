"""Where the project and its state live; the only place that knows folder names."""

import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from datenlabor.audiences import INTERNAL
from datenlabor.errors import DatenlaborError

PUBLISHED_FILE = "datenlabor.duckdb"
PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "target"
ASSETS = PROJECT / "superset" / "assets"
CONTRACTS = PROJECT / "contracts"
CITIES = PROJECT / "cities"
SEEDS = PROJECT / "seeds"


@cache
def project_vars() -> dict[str, Any]:
    """Return the variables of the dbt project with their defaults. Raises OSError."""
    project = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(project["vars"])


def city_code() -> str:
    """Return the official key of the city: ``DATENLABOR_CITY``, by default that of the dbt project.

    Raises:
        DatenlaborError: it is no official key; whether the city exists is not checked here.

    """
    code = os.environ.get("DATENLABOR_CITY") or str(project_vars()["city_code"])
    if not re.fullmatch(r"[0-9]{2,12}", code):
        raise DatenlaborError(
            f"DATENLABOR_CITY is {code!r}, which is no official key of a city.",
            hint="Set it to the name of a folder in `cities/`, for example 05162024.",
        )
    return code


@dataclass(frozen=True)
class Home:
    """The state of one installation: deliveries, warehouse, releases, Superset's files."""

    root: Path
    is_draft: bool = False
    """Whether its warehouse is one that a rebuild makes, beside the one in use."""

    @classmethod
    def from_environment(cls) -> "Home":
        """Use ``DATENLABOR_HOME`` or, by default, ``data/<city>`` in the checkout.

        Raises DatenlaborError if ``DATENLABOR_CITY`` is needed and no official key.
        """
        folder = os.environ.get("DATENLABOR_HOME") or PROJECT / "data" / city_code()
        return cls(Path(folder).resolve())

    @property
    def warehouse(self) -> Path:
        """The file dbt builds; never served. Its base name is the catalog name in its views."""
        return (self.scratch if self.is_draft else self.root) / "warehouse.duckdb"

    @property
    def scratch(self) -> Path:
        """What a rebuild works in; without one at work, what a killed one left behind."""
        return self.root / ".rebuild"

    @property
    def deliveries(self) -> Path:
        """Folder of all deliveries; nothing in it is ever overwritten."""
        return self.root / "deliveries"

    @property
    def comments(self) -> Path:
        """Folder of the comments written in the form; nothing in it is ever overwritten."""
        return self.root / "comments"

    @property
    def releases(self) -> Path:
        """Folder of all published releases."""
        return self.root / "releases"

    @property
    def current(self) -> Path:
        """Symlink to the release that readers see."""
        return self.releases / "current"

    @property
    def published(self) -> Path:
        """The file served to the city's staff."""
        return self.published_for(INTERNAL)

    def published_for(self, audience: str) -> Path:
        """Return the file served to an audience; its base name, the catalog's, never changes."""
        return self.current / audience / PUBLISHED_FILE

    @property
    def memory(self) -> Path:
        """Folder of what releases have shown and kept secret."""
        return self.root / "protection"

    @property
    def open_data(self) -> Path:
        """Folder of all exports of open data."""
        return self.root / "open-data"

    @property
    def superset(self) -> Path:
        """Superset's metadata, secrets and logs."""
        return self.root / "superset"
