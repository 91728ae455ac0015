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
import pandas as pd

from datenlabor.audiences import AUDIENCES
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.protection.memory import Memory, columns
from datenlabor.publishing import store
from datenlabor.publishing.tables import literal

CELLS = "intermediate.int_cell_protected"
EQUATIONS = "intermediate.int_cell_equation_listed"
_WRITTEN = ["component_id", "fingerprint", *columns(AUDIENCES)[1:]]
_TERM = "equation_id, cell_id, coefficient"
_PENDING = ".pending-"
_OWNER_ONLY = 0o600


def prepare(home: Home, release_id: str, cells: str) -> None:
    """Write down what a release shows and keeps secret, before it is shown.

    Raises ``duckdb.Error`` or OSError.
    """
    folder = home.memory / f"{_PENDING}{release_id}"
    folder.mkdir(parents=True)
    release = f"{literal(release_id)} as release_id"
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        among = (
            f"component_id in (select component_id from {cells} "  # noqa: S608 fixed names
            f"where cell_id in ({changed(home, cells)}))"
        )
        queries = {
            "cells": f"select {release}, {', '.join(_WRITTEN)} from {cells} "  # noqa: S608 fixed
            f"where {among} order by cell_id",
            "equations": f"select {release}, {_TERM} "  # noqa: S608 fixed
            f"from {EQUATIONS} where cell_id in (select cell_id from {cells} where {among}) "
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
    """Return the folders of all releases that were shown, in their order; others do not count."""
    folders = (folder for folder in home.memory.glob("*") if store.is_id(folder.name))
    return sorted(folders, key=lambda folder: store.order_of(folder.name))


def recall(home: Home) -> Memory | None:
    """Return all releases that were shown, None if there are none.

    Raises DatenlaborError if a file is missing or damaged.
    """
    folders = remembered(home)
    if not folders:
        return None
    with duckdb.connect() as connection:
        cells, equations = (_read(connection, folders, name) for name in ("cells", "equations"))
    return Memory(cells, equations)


def _read(
    connection: duckdb.DuckDBPyConnection, folders: Sequence[Path], name: str
) -> pd.DataFrame:
    try:
        return connection.read_parquet([str(folder / f"{name}.parquet") for folder in folders]).df()
    except duckdb.Error as error:
        raise DatenlaborError(
            f"What earlier releases have kept secret cannot be read: {error}",
            hint=f"Restore {folders[0].parent} from a backup. Without it a release could show what "
            "an earlier one kept secret.",
        ) from error


def changed(home: Home, cells: str) -> str:
    """Return the query for the cells that are not as they were remembered last.

    Neither are those that are part of an equation which held then or holds now, but not both.
    """
    if not remembered(home):
        return f"select cell_id from {cells}"  # noqa: S608 fixed names
    latest = (
        f"select * from {_files(home, 'cells')} "  # noqa: S608 quoted
        "qualify row_number() over (partition by cell_id order by release_id desc) = 1"
    )
    terms_then = (
        f"select {_TERM} from {_files(home, 'equations')} "  # noqa: S608 quoted
        f"where (release_id, cell_id) in (select (release_id, cell_id) from ({latest}))"
    )
    terms_now = f"select {_TERM} from {EQUATIONS}"  # noqa: S608 fixed
    return (
        f"select cell_id from ((select {', '.join(_WRITTEN)} from {cells}) "  # noqa: S608 fixed
        f"except (select {', '.join(_WRITTEN)} from ({latest}))) "
        f"union select cell_id from ("
        f"(({terms_now}) except ({terms_then})) union all (({terms_then}) except ({terms_now})))"
    )


def _files(home: Home, name: str) -> str:
    """Return what to read the files of all releases from."""
    files = (literal(str(folder / f"{name}.parquet")) for folder in remembered(home))
    return f"read_parquet([{', '.join(files)}])"
