"""What the user is told about deliveries; texts from files are never taken for markup."""

from collections.abc import Iterable, Sequence

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from datenlabor import console
from datenlabor.deliveries.deliver import Outcome
from datenlabor.deliveries.journal import Event
from datenlabor.deliveries.reading import Problem
from datenlabor.deliveries.record import Record, utc_text
from datenlabor.deliveries.store import Delivery

_ID = "Delivery"
_LONG = 60
"""Characters of a value that are enough to find it."""
_WIDE = 200
"""Width of tables that are not shown on a terminal."""
_MANY = 20
"""Rows of a list that is only to give an idea."""


def show_outcome(outcome: Outcome) -> None:
    """Say what became of a file, with the account of its records and values."""
    if outcome.error:
        _print(f"{outcome.file.name}: refused. {outcome.error}", "red")
        if outcome.error.hint:
            _print(f"  What to do: {outcome.error.hint}")
    elif outcome.delivery and outcome.event == Event.REPEATED:
        _print(f"{outcome.file.name}: already delivered as {outcome.delivery.id}, nothing changed")
    elif outcome.delivery:
        record = outcome.delivery.record
        replaced = record.replaces_delivery_id
        replacement = f", replaces {replaced}" if replaced else ""
        _print(f"{outcome.file.name}: delivered as {record.delivery_id}{replacement}", "green")
        show_account(record)


def show_account(record: Record) -> None:
    """Say where every record and value went, and what was wrong."""
    _print(f"  {record.dataset}, spec {record.spec_name}, published on {record.published_on}")
    declared = (
        record.records_header
        + record.records_footer
        + record.records_blank
        + record.records_skipped
    )
    _print(
        f"  records  {record.records_read:,} = {record.records_loaded:,} loaded "
        f"+ {record.records_quarantined:,} quarantined "
        f"+ {declared:,} header, footer, blank, skipped"
    )
    _print(
        f"  values  {record.values_read:,} = {record.values_loaded:,} loaded "
        f"+ {record.values_quarantined:,} quarantined + {record.values_ignored:,} ignored"
    )
    for finding in record.findings:
        _print(f"  {finding}", "yellow")
    if record.problems:
        _show_problems(record.problems)


def show_summary(outcomes: Sequence[Outcome]) -> None:
    """List what became of each of several files."""
    rows = []
    for outcome in outcomes:
        record = outcome.delivery.record if outcome.delivery else None
        rows.append(
            (
                outcome.file.name,
                outcome.event,
                record.delivery_id if record else "",
                record.records_loaded if record else "",
                record.records_quarantined if record else "",
            )
        )
    _show_table(("File", "State", _ID, "Loaded", "Quarantined"), rows)


def show_list(deliveries: Iterable[Delivery], supplied: Iterable[Delivery]) -> None:
    """List deliveries, those that came with the product first."""
    stated = [
        *((delivery, "supplied") for delivery in supplied),
        *((delivery, _state(delivery)) for delivery in deliveries),
    ]
    columns = (_ID, "File", "Dataset", "Spec", "Published", "Received (UTC)")
    rows = [
        (
            delivery.id,
            delivery.record.file_name,
            delivery.record.dataset,
            delivery.record.spec_name,
            delivery.record.published_on,
            f"{delivery.record.received_at:%Y-%m-%d %H:%M:%S}",
            delivery.record.records_loaded,
            delivery.record.records_quarantined,
            state,
        )
        for delivery, state in stated
    ]
    _show_table((*columns, "Loaded", "Quarantined", "State"), rows)


def show_delivery(delivery: Delivery) -> None:
    """Show everything known of a delivery, with its first quarantined rows as they were."""
    fields = delivery.record.model_dump(mode="json", exclude={"problems", "findings"})
    _show_table(("Field", "Value"), [(k, "" if v is None else v) for k, v in fields.items()])
    if delivery.withdrawal:
        moment = utc_text(delivery.withdrawal.withdrawn_at)
        by = delivery.withdrawal.replaced_by_delivery_id
        _print(f"  withdrawn {moment}: {delivery.withdrawal.reason} {by or ''}", "yellow")
    show_account(delivery.record)
    quarantine = delivery.path / "quarantine.parquet"
    if quarantine.exists():
        with duckdb.connect() as connection:
            rows = connection.read_parquet(str(quarantine)).limit(_MANY)
            _print(f"  First rows in quarantine ({quarantine}):")
            _show_table(rows.columns, rows.fetchall())


def _show_problems(problems: Sequence[Problem]) -> None:
    columns = ("Rule", "Column", "Values", "First line", "First value", "What to do")
    _show_table(
        columns,
        [
            (p.rule, p.column, p.values, p.first_line, repr(p.first_value)[:_LONG], p.hint)
            for p in problems[:_MANY]
        ],
    )


def _state(delivery: Delivery) -> str:
    if delivery.withdrawal is None:
        return "active"
    return "replaced" if delivery.withdrawal.replaced_by_delivery_id else "withdrawn"


def _show_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table()
    for column in columns:
        # Ids are there to be copied, whatever the width.
        table.add_column(column, overflow="fold", no_wrap=column == _ID)
    for row in rows:
        table.add_row(*(Text("" if cell is None else _plain(str(cell))) for cell in row))
    # A pipe or a file has no width; 80 columns would break what a script looks for.
    wide = Console(highlight=False, width=max(_WIDE, console.out.width))
    (console.out if console.out.is_terminal else wide).print(table)


def _print(text: str, style: str = "") -> None:
    console.out.print(Text(_plain(text), style))


def _plain(text: str) -> str:
    """Keep control characters of files, and names that are no UTF-8, from the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)
