"""What the public file holds of a data set, checked once more before it leaves the house."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from datenlabor.errors import DatenlaborError
from datenlabor.opendata.codes import CONFIDENTIAL, Codes, Licence
from datenlabor.opendata.declaration import Declaration
from datenlabor.publishing.manifest import PROTECTED
from datenlabor.publishing.tables import quote

Value = str | int | float | bool | date | None
_PREVIEW = 10
_BATCH = 10_000
_YEAR = 4


@dataclass(frozen=True)
class Content:
    """A data set as loaded: ``types`` are DuckDB's, by column; counts are rows."""

    declaration: Declaration
    types: dict[str, str]
    rows: int
    secret: int
    withheld: int
    """Rows left out, because the licence of their source is not open."""
    synthetic: int
    is_invented: bool
    """Whether no value is a real one."""
    first_year: int | None
    last_year: int | None
    """Of the rows with a value."""
    licences: tuple[Licence, ...]
    """Of the rows with a value, by name."""
    attributions: tuple[str, ...]
    """Notes of origin that have to be named with these rows."""
    names: dict[str, tuple[tuple[str, str], ...]]
    """Column of codes → all codes with their names."""
    preview: tuple[tuple[Value, ...], ...]
    """Some rows in the order of the files, those with a value first."""


class PublicFile:
    """The public file of one release, read into memory data set by data set.

    The file stays open, so that a later release changes nothing, nor that this one is deleted.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, codes: Codes) -> None:
        self._connection = connection
        self._codes = codes

    @property
    def release_id(self) -> str:
        """Id of the release as the file itself says."""
        return str(self._one(f"select release_id from source.{PROTECTED}.release"))

    def load(self, declaration: Declaration) -> Content:
        """Load the rows that may leave the house.

        Raises DatenlaborError if the table or a column is missing, if a row says why it is secret,
        and if a secret row shows a value: then nothing of this release should be exported.
        """
        source = f"source.{PROTECTED}.{quote(declaration.table)}"
        present = self._present(declaration, source)
        shape = declaration.shape
        self._refuse_leaks(declaration, source)
        open_names = ", ".join(map(_literal, sorted(self._codes.licences)))
        is_open = "true"
        if shape.measures:
            is_open = f"{_all_null(shape.measures)} or licence_name in ({open_names})"
        elif shape.licence:
            is_open = f"{quote(shape.licence)} in ({open_names})"
        columns = ", ".join(
            # A file of text cannot tell an empty text from none.
            f"nullif({quote(name)}, '') as {quote(name)}"
            if present[name] == "VARCHAR"
            else quote(name)
            for name in shape.columns
        )
        table = quote(shape.name)
        order = ", ".join(map(quote, declaration.order)) or "all"
        self._connection.execute(
            f"create table {table} as select {columns} from {source} "
            f"where {is_open} order by {order}"
        )
        return self._described(declaration, source, present)

    def batches(self, content: Content) -> Iterator[Sequence[tuple[Value, ...]]]:
        """Yield all rows in the order of the files, some thousands at a time."""
        cursor = self._connection.execute(f"from {quote(content.declaration.shape.name)}")
        while rows := cursor.fetchmany(_BATCH):
            yield rows

    def copy_to_parquet(self, content: Content, file: Path, notes: dict[str, str]) -> None:
        """Write the rows as Parquet; the same rows give the same bytes. Raises ``duckdb.Error``."""
        metadata = ", ".join(f"{key}: {_literal(text)}" for key, text in notes.items())
        self._connection.execute(
            f"copy {quote(content.declaration.shape.name)} to {_literal(str(file))} "
            f"(format parquet, compression zstd, kv_metadata {{{metadata}}})"
        )

    def _present(self, declaration: Declaration, source: str) -> dict[str, str]:
        try:
            described = self._connection.execute(f"describe {source}").fetchall()
        except duckdb.CatalogException:
            described = []
        present = {str(name): str(kind) for name, kind, *_ in described}
        if missing := sorted({*declaration.shape.columns, *declaration.order} - present.keys()):
            raise DatenlaborError(
                f"The release lacks {declaration.table} or its columns {', '.join(missing)}.",
                hint="The models changed after it was published: run `datenlabor publish`.",
            )
        return present

    def _refuse_leaks(self, declaration: Declaration, source: str) -> None:
        if not declaration.shape.measures:
            return
        told = ", ".join(_literal(status.code) for status in self._codes.conf_status)
        shown = _all_null(declaration.shape.measures)
        for condition, what in (
            (f"coalesce(conf_status, '') not in ({told})", "rows that say why they are secret"),
            (f"conf_status = '{CONFIDENTIAL}' and not {shown}", "secret rows with a value"),
        ):
            if count := self._one(f"select count(*) from {source} where {condition}"):
                raise DatenlaborError(
                    f"{declaration.table} has {count} {what}; nothing was exported.",
                    hint="Withdraw this release (`datenlabor publish --rollback`) and report this.",
                )

    def _described(self, declaration: Declaration, source: str, present: dict[str, str]) -> Content:
        shape, table = declaration.shape, quote(declaration.shape.name)

        def count(condition: str) -> int:
            return int(str(self._one(f"select count(*) from {table} where {condition}")))

        def told(column: str) -> list[str]:
            """Return what a column says of the rows with values, or with a licence, in order."""
            if not (shape.measures or (shape.licence and column in shape.columns)):
                return []
            is_told = f"not {_all_null(shape.measures)}" if shape.measures else "true"
            sql = (
                f"select distinct {quote(column)} from {table} "
                f"where {is_told} and {quote(column)} is not null order by 1"
            )
            return [str(row[0]) for row in self._connection.execute(sql).fetchall()]

        notes = [name for name in shape.attributes if name.endswith("attribution")]
        # A time is a year, or a text or day that begins with one.
        years = [int(text[:_YEAR]) for text in told(str(shape.time))]
        no_value = f"{quote(shape.measures[0])} is null" if shape.measures else "false"
        rows = count("true")
        all_rows = int(str(self._one(f"select count(*) from {source}")))
        # Lists say of each entry which provenances it has, one or several.
        invented = f"contains(provenance_name, {_literal(self._codes.synthetic.name)})"
        return Content(
            declaration=declaration,
            types={name: present[name] for name in shape.columns},
            rows=rows,
            secret=count(f"conf_status = '{CONFIDENTIAL}'") if shape.measures else 0,
            withheld=all_rows - rows,
            synthetic=count(invented) if "provenance_name" in shape.columns else 0,
            is_invented=told("provenance_name") == [self._codes.synthetic.name],
            first_year=years[0] if years else None,
            last_year=years[-1] if years else None,
            licences=tuple(
                self._codes.licences[name] for name in told(shape.licence or "licence_name")
            ),
            attributions=tuple(sorted({text for name in notes for text in told(name)})),
            names={
                code: tuple(
                    self._connection.execute(
                        f"select distinct {quote(code)}, {quote(name)} from {table} order by all"
                    ).fetchall()
                )
                for code, name in shape.names.items()
            },
            preview=tuple(
                self._connection.execute(
                    f"from {table} order by {no_value}, rowid limit {_PREVIEW}"
                ).fetchall()
            ),
        )

    def _one(self, sql: str) -> object:
        row = self._connection.execute(sql).fetchone()
        return row[0] if row else None


@contextmanager
def opened(file: Path, codes: Codes) -> Iterator[PublicFile]:
    """Open the public file of a release for reading.

    One thread, so that rows lie in Parquet files in the same blocks every time.
    Raises ``duckdb.Error`` if it is missing or broken.
    """
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.execute(f"attach {_literal(str(file))} as source (read_only)")
        yield PublicFile(connection, codes)


def _all_null(columns: Sequence[str]) -> str:
    return f"({' and '.join(f'{quote(name)} is null' for name in columns) or 'true'})"


def _literal(text: str) -> str:
    quoted = text.replace("'", "''")
    return f"'{quoted}'"
