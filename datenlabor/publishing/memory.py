"""What releases have shown and kept secret, for as long as there are releases.

    protection/
      20261121T093015Z.parquet        cells of a release, with their true values: 0600, never served
      .pending-20261122T….parquet     of a release that is about to be shown

Of a release only components (cells connected by equations) are written in which anything differs
from what was remembered of them before.
"""

import duckdb

from datenlabor.audiences import AUDIENCES
from datenlabor.paths import Home
from datenlabor.protection.memory import columns
from datenlabor.publishing import store
from datenlabor.publishing.tables import literal

CELLS = "intermediate.int_cell_protected"
_PENDING = ".pending-"
_OWNER_ONLY = 0o600


def prepare(home: Home, release_id: str, cells: str) -> None:
    """Write down what a release shows and keeps secret, before it is shown.

    Raises ``duckdb.Error`` or OSError.
    """
    home.memory.mkdir(exist_ok=True)
    file = home.memory / f"{_PENDING}{release_id}.parquet"
    names = columns(AUDIENCES)[1:]
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        connection.execute(
            f"copy (select {literal(release_id)} as release_id, {', '.join(names)} "  # noqa: S608
            f"from {cells} as cells where component_id in ({_changed(home, cells, names)}) "
            f"order by cell_id) to {literal(str(file))} (format parquet)"
        )
    file.chmod(_OWNER_ONLY)
    store.sync(file)
    store.sync(home.memory)


def settle(home: Home) -> None:
    """Keep what is pending of releases that were shown, and forget it of others. Raises OSError."""
    for file in sorted(home.memory.glob(f"{_PENDING}*")):
        release_id = file.stem.removeprefix(_PENDING)
        if (home.releases / release_id).is_dir() and release_id != store.unfinished(home):
            file.rename(home.memory / f"{release_id}.parquet")
        else:
            file.unlink()
    if home.memory.is_dir():
        store.sync(home.memory)


def remembered(home: Home) -> list[str]:
    """Return the files of all releases that were shown, in their order."""
    files = home.memory.glob("[!.]*.parquet")
    return [str(file) for file in sorted(files, key=lambda file: store.order_of(file.stem))]


def _changed(home: Home, cells: str, names: list[str]) -> str:
    """Return the query for the components that differ from what is remembered of them."""
    files = remembered(home)
    if not files:
        return f"select component_id from {cells}"  # noqa: S608 fixed names
    listed = ", ".join(map(literal, files))
    latest = (
        f"select {', '.join(names)} from read_parquet([{listed}]) "  # noqa: S608 quoted
        "qualify row_number() over (partition by cell_id order by release_id desc) = 1"
    )
    different = " or ".join(
        f"cells.{name} is distinct from latest.{name}" for name in names if name != "single_holder"
    )
    return (
        f"select component_id from {cells} as cells left join ({latest}) as latest "  # noqa: S608
        f"using (cell_id) where {different}"
    )
