"""What releases have shown and kept secret, for as long as there are releases.

    protection/
      20261121T093015Z/             of a release; 0600, with true values, never served
        cells.parquet               what each audience got of every cell
        equations.parquet           what held between them
      .pending-20261122T093015Z/    of a release that is about to be shown

Of a release only components (cells connected by equations) are written in which anything differs
from what was remembered of them before.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from datenlabor.audiences import AUDIENCES
from datenlabor.paths import Home
from datenlabor.protection.memory import Memory, columns
from datenlabor.publishing import store
from datenlabor.publishing.tables import literal

CELLS = "intermediate.int_cell_protected"
EQUATIONS = "intermediate.int_cell_equation_listed"
_PENDING = ".pending-"
_OWNER_ONLY = 0o600


def prepare(home: Home, release_id: str, cells: str) -> None:
    """Write down what a release shows and keeps secret, before it is shown.

    Raises ``duckdb.Error`` or OSError.
    """
    folder = home.memory / f"{_PENDING}{release_id}"
    folder.mkdir(parents=True)
    names = columns(AUDIENCES)[1:]
    release = f"{literal(release_id)} as release_id"
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        changed = f"component_id in ({_changed(home, cells, names)})"
        queries = {
            "cells": f"select {release}, {', '.join(names)} from {cells} as cells "  # noqa: S608 fixed names
            f"where {changed} order by cell_id",
            "equations": f"select {release}, equation_id, cell_id, coefficient "  # noqa: S608 fixed
            f"from {EQUATIONS} where cell_id in "
            f"(select cell_id from {cells} as cells where {changed}) "
            "order by equation_id, cell_id",
        }
        for name, query in queries.items():
            file = folder / f"{name}.parquet"
            connection.execute(f"copy ({query}) to {literal(str(file))} (format parquet)")
            file.chmod(_OWNER_ONLY)
            store.sync(file)
    store.sync(folder)
    store.sync(home.memory)


def settle(home: Home) -> None:
    """Keep what is pending of releases that were shown, and forget it of others. Raises OSError."""
    for folder in sorted(home.memory.glob(f"{_PENDING}*")):
        release_id = folder.name.removeprefix(_PENDING)
        if (home.releases / release_id).is_dir() and release_id != store.unfinished(home):
            folder.rename(home.memory / release_id)
        else:
            shutil.rmtree(folder)
    if home.memory.is_dir():
        store.sync(home.memory)


def remembered(home: Home) -> Sequence[Path]:
    """Return the folders of all releases that were shown, in their order."""
    folders = home.memory.glob("[!.]*")
    return sorted(folders, key=lambda folder: store.order_of(folder.name))


def recall(home: Home) -> Memory | None:
    """Return all releases that were shown, None if there are none. Raises ``duckdb.Error``."""
    folders = remembered(home)
    if not folders:
        return None
    cells, equations = (
        duckdb.read_parquet([str(folder / f"{name}.parquet") for folder in folders]).df()
        for name in ("cells", "equations")
    )
    return Memory(cells, equations)


def _changed(home: Home, cells: str, names: Sequence[str]) -> str:
    """Return the query for the components that differ from what is remembered of them."""
    files = ", ".join(literal(str(folder / "cells.parquet")) for folder in remembered(home))
    if not files:
        return f"select component_id from {cells}"  # noqa: S608 fixed names
    latest = (
        f"select {', '.join(names)} from read_parquet([{files}]) "  # noqa: S608 quoted
        "qualify row_number() over (partition by cell_id order by release_id desc) = 1"
    )
    different = " or ".join(
        f"cells.{name} is distinct from latest.{name}" for name in names if name != "single_holder"
    )
    return (
        f"select component_id from {cells} as cells left join ({latest}) as latest "  # noqa: S608 fixed
        f"using (cell_id) where {different}"
    )
