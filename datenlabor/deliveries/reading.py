"""Read one file with one spec: rows of the contract, quarantine, and an account that adds up."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from datenlabor.deliveries.body import create_record
from datenlabor.deliveries.catalogue import Codes, Known, check_spec, write_measures
from datenlabor.deliveries.figures import create_figures
from datenlabor.deliveries.files.prepare import prepare
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.layout import Layout
from datenlabor.deliveries.outcome import (
    create_quarantine,
    quarantine_figures,
    quarantine_rows,
    write_figures,
    write_quarantine,
    write_rows,
)
from datenlabor.deliveries.periods import parse_date
from datenlabor.deliveries.register_rows import create_rows
from datenlabor.deliveries.spec import Spec
from datenlabor.deliveries.spec_columns import Origin
from datenlabor.deliveries.work import work_database
from datenlabor.errors import DatenlaborError

_RECORDS = "select count(*) from record where not is_skipped"
_PUBLISHED_ON = "Correct `published_on` in the spec, or leave it out and give --published-on."


@dataclass(frozen=True)
class Account:
    """Where every record and every value of a file went.

    A record is quarantined as soon as one of its values is; values are the cells that may become
    figures (figures) or the cells of the columns used (registers).
    """

    records_read: int
    records_header: int
    """Title lines and header rows."""
    records_footer: int
    records_blank: int
    records_skipped: int
    """Declared in the spec not to be data, or with nothing but ignored values."""
    records_loaded: int
    records_quarantined: int
    values_read: int
    values_loaded: int
    values_ignored: int
    """Declared in the spec not to be wanted."""
    values_quarantined: int


@dataclass(frozen=True)
class Problem:
    """How often a rule was broken in a column, with the first place."""

    rule: str
    column: str
    hint: str
    values: int
    first_line: int
    first_value: str


@dataclass(frozen=True)
class Reading:
    """What came of a file; the rows themselves lie in the folder as Parquet files."""

    rows: Mapping[str, int]
    """Dataset → rows in ``<dataset>.parquet``."""
    account: Account
    problems: tuple[Problem, ...]
    findings: tuple[str, ...]
    """What is not wrong in any row but should be known, such as areas that are missing."""
    published_on: date | None
    encoding: str


@dataclass(frozen=True)
class _Counts:
    skipped: int
    loaded: int
    quarantined: int
    """Records of the body that were readable but broke a rule."""
    values: int
    values_loaded: int
    values_ignored: int
    values_quarantined: int


@dataclass(frozen=True)
class Target:
    """Where the rows go: an existing folder, and the id they carry."""

    folder: Path
    delivery_id: str


def read(
    file: Path,
    spec: Spec,
    target: Target,
    known: Known,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Reading:
    """Read a file into the target's folder.

    Writes ``<dataset>.parquet``, ``quarantine.parquet`` and, where the spec describes measures,
    ``measure.parquet``. ``progress`` is told bytes done and bytes in all.

    Raises:
        DatenlaborError: the file as a whole is not what the spec describes.

    """
    work = target.folder / "work"
    work.mkdir()
    try:
        layout = Layout(file, spec, prepare(file, spec, work, progress))
        with work_database(work, layout.prepared) as connection:
            return _read(connection, layout, target, known)
    finally:
        shutil.rmtree(work)


def _read(
    connection: duckdb.DuckDBPyConnection, layout: Layout, target: Target, known: Known
) -> Reading:
    spec = layout.spec
    check_spec(spec, known.codes)
    create_record(connection, layout)
    create_quarantine(connection, layout)
    if spec.contract.kind == "figures":
        rows, counts = _read_figures(connection, layout, target, known)
        findings = _missing_areas(connection, spec, known.codes)
    else:
        rows, counts = _read_register(connection, layout, target, known)
        findings = ()
    write_quarantine(connection, target.folder, target.delivery_id)
    measures = write_measures(connection, spec, target.folder, target.delivery_id)
    return Reading(
        rows={spec.dataset: rows, **measures},
        account=_account(layout.prepared, counts),
        problems=_problems(connection),
        findings=findings,
        published_on=_published_on(layout),
        encoding=layout.prepared.encoding,
    )


def _read_figures(
    connection: duckdb.DuckDBPyConnection, layout: Layout, target: Target, known: Known
) -> tuple[int, _Counts]:
    figures = create_figures(connection, layout, known)
    quarantine_figures(connection, layout, figures)
    rows = write_figures(connection, layout, figures, target.folder, target.delivery_id)
    return rows, _Counts(
        skipped=_number(connection, "select count(*) from record where is_skipped")
        + _number(
            connection,
            "select count(*) from (select line from checked_value group by line "
            "having bool_and(is_ignored))",
        ),
        loaded=_number(
            connection,
            "select count(distinct line) from checked_value "
            "where not is_ignored and line not in (select line from bad_value)",
        ),
        quarantined=_number(connection, "select count(distinct line) from bad_value"),
        values=_number(connection, _RECORDS) * len(figures.cells),
        values_loaded=rows,
        values_ignored=_number(connection, "select count(*) from checked_value where is_ignored"),
        values_quarantined=_number(
            connection, "select count(*) from (select distinct line, cell from bad_value)"
        ),
    )


def _read_register(
    connection: duckdb.DuckDBPyConnection, layout: Layout, target: Target, known: Known
) -> tuple[int, _Counts]:
    used, names = create_rows(connection, layout, known.codes)
    quarantine_rows(connection)
    dataset = layout.spec.dataset
    rows = write_rows(connection, dataset, names, target.folder, target.delivery_id)
    ignored = _number(connection, "select count(*) from checked_row where is_ignored")
    quarantined = _number(connection, "select count(distinct line) from bad_cell")
    return rows, _Counts(
        skipped=_number(connection, "select count(*) from record where is_skipped") + ignored,
        loaded=rows,
        quarantined=quarantined,
        values=_number(connection, _RECORDS) * used,
        values_loaded=rows * used,
        values_ignored=ignored * used,
        values_quarantined=quarantined * used,
    )


def _account(prepared: Prepared, counts: _Counts) -> Account:
    """Count where everything went, each number by itself, and insist that they add up."""
    account = Account(
        records_read=prepared.records,
        records_header=len(prepared.preamble) + len(prepared.header),
        records_footer=len(prepared.footer),
        records_blank=prepared.blank_records,
        records_skipped=counts.skipped,
        records_loaded=counts.loaded,
        records_quarantined=counts.quarantined + len(prepared.rejected),
        values_read=counts.values,
        values_loaded=counts.values_loaded,
        values_ignored=counts.values_ignored,
        values_quarantined=counts.values_quarantined,
    )
    records = (
        account.records_header
        + account.records_footer
        + account.records_blank
        + account.records_skipped
        + account.records_loaded
        + account.records_quarantined
    )
    values = account.values_loaded + account.values_ignored + account.values_quarantined
    for what, read_in, placed in (
        ("records", account.records_read, records),
        ("values", account.values_read, values),
    ):
        if placed != read_in:
            raise DatenlaborError(
                f"{read_in} {what} were read, but {placed} have a place.",
                hint="Please report this file; nothing of it was loaded.",
            )
    return account


def _problems(connection: duckdb.DuckDBPyConnection) -> tuple[Problem, ...]:
    found = connection.execute(
        "select rule, coalesce(column_label, ''), arg_min(coalesce(hint, ''), line_number), "
        "count(*), min(line_number), arg_min(coalesce(raw_value, ''), line_number) "
        "from quarantine group by 1, 2 order by 4 desc, 5, 2, 1"
    ).fetchall()
    return tuple(Problem(*row) for row in found)


def _missing_areas(
    connection: duckdb.DuckDBPyConnection, spec: Spec, codes: Codes
) -> tuple[str, ...]:
    """Say which areas of the required level a measure lacks in a period."""
    if not spec.required_areas:
        return ()
    required = codes.get(f"area:{spec.required_areas}", ())
    given = connection.execute(
        "select measure_code, period, list(distinct area_code) from figure "
        "group by 1, 2 order by 1, 2"
    ).fetchall()
    return tuple(
        f"{measure} {period}: {len(missing)} of {len(required)} areas are missing: "
        f"{', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}"  # noqa: PLR2004 enough to look them up
        for measure, period, areas in given
        if (missing := sorted(set(required) - set(areas)))
    )


def _published_on(layout: Layout) -> date | None:
    """Return the day the file says it was published.

    Raises:
        DatenlaborError: the spec names a place for it, and there is no date, or one to come.

    """
    place = layout.spec.published_on
    if place is None:
        return None
    text = layout.found_in(Origin.parse(place.origin), place.pattern)
    day = parse_date(text) if text else None
    if day is None:
        raise DatenlaborError(
            f"{layout.file.name}: no date of publication is found at `{place.origin}`.",
            hint=_PUBLISHED_ON,
        )
    # It would go before every state to come, until then.
    if date.fromisoformat(day) > datetime.now(UTC).date():
        raise DatenlaborError(
            f"{layout.file.name}: its day of publication at `{place.origin}`, {day}, is in the "
            "future.",
            hint=_PUBLISHED_ON,
        )
    return date.fromisoformat(day)


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0
