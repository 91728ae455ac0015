"""Where the project and its state live; the only place that knows folder names."""

import os
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
TARGET = PROJECT / "target"
ASSETS = PROJECT / "superset" / "assets"
CONTRACTS = PROJECT / "contracts"
CITIES = PROJECT / "cities"


@dataclass(frozen=True)
class Home:
    """The state of one installation: the warehouse, the published releases, Superset's files."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """Use ``DATENLABOR_HOME`` or, by default, the folder ``data`` of the checkout."""
        return cls(Path(os.environ.get("DATENLABOR_HOME") or PROJECT / "data").resolve())

    @property
    def warehouse(self) -> Path:
        """The file dbt builds; never served."""
        return self.root / "warehouse.duckdb"

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
        """The served file; its base name is the catalog name and never changes."""
        return self.current / "datenlabor.duckdb"

    @property
    def superset(self) -> Path:
        """Superset's metadata, secrets and logs."""
        return self.root / "superset"
