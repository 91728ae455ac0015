"""History of the registers: which days have to be lived through again, and which already were.

A snapshot sees what is there when it runs, so its history depends on the order of its runs. That
order is always the order of the days of publication: a new last day is added; for a day in
between, a withdrawal or a changed snapshot, everything is replayed from the first day.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.store import Delivery
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, Home


@dataclass(frozen=True, order=True)
class Day:
    """A day on which registers were published."""

    day: date
    digest: str
    """Of the deliveries of the day and of how snapshots are taken."""


@dataclass(frozen=True)
class Plan:
    """The days to be replayed; from nothing, or after those that already were."""

    from_nothing: bool
    days: tuple[Day, ...]


def register_days(deliveries: Iterable[Delivery], definition: str) -> tuple[Day, ...]:
    """Return the days on which registers that count were published, in order.

    ``definition`` stands for how snapshots are taken: when it changes, all days do.
    """
    ids: dict[date, list[str]] = {}
    for delivery in deliveries:
        if delivery.is_active and contracts()[delivery.record.dataset].kind == "register":
            ids.setdefault(delivery.record.published_on, []).append(delivery.id)
    return tuple(
        Day(day, hashlib.sha256("\n".join([definition, *sorted(ids[day])]).encode()).hexdigest())
        for day in sorted(ids)
    )


def plan(wanted: Sequence[Day], replayed: Sequence[Day]) -> Plan:
    """Say what leads from the days replayed to the days wanted."""
    is_start = tuple(wanted[: len(replayed)]) == tuple(replayed)
    if is_start and (replayed or not wanted):
        return Plan(from_nothing=False, days=tuple(wanted[len(replayed) :]))
    # Snapshots of before the first day hold what was not yet published on it.
    return Plan(from_nothing=True, days=tuple(wanted))


def bring_up_to_date(
    home: Home, deliveries: Iterable[Delivery], take_snapshots: Callable[[date], None]
) -> int:
    """Replay the days that are due; ``take_snapshots`` does it for one. Return how many they were.

    A day is remembered in the warehouse once its snapshots are taken; killed in between, it is
    replayed again, which changes nothing.

    Raises:
        DatenlaborError: the warehouse cannot be opened, or whatever ``take_snapshots`` raises.

    """
    wanted = register_days(deliveries, snapshot_definition())
    if not wanted and not home.warehouse.exists():
        return 0
    due = plan(wanted, _replayed(home))
    if due.from_nothing:
        _execute(
            home,
            "drop schema if exists snapshots cascade",
            "drop table if exists raw.replayed_day",
        )
    for day in due.days:
        take_snapshots(day.day)
        _execute(
            home,
            "create schema if not exists raw",
            "create table if not exists raw.replayed_day (day date, digest varchar)",
            f"insert into raw.replayed_day values (date '{day.day}', '{day.digest}')",
        )
    return len(due.days)


def snapshot_definition() -> str:
    """Return a hash of the snapshots' definitions."""
    digest = hashlib.sha256()
    for file in sorted((PROJECT / "snapshots").rglob("*.*")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _replayed(home: Home) -> tuple[Day, ...]:
    if not home.warehouse.exists():
        return ()
    with _opened(home, read_only=True) as connection:
        try:
            days = connection.execute("select day, digest from raw.replayed_day order by day")
        except duckdb.CatalogException:
            return ()
        return tuple(Day(*row) for row in days.fetchall())


def _execute(home: Home, *statements: str) -> None:
    """Run statements in one transaction."""
    with _opened(home) as connection:
        connection.begin()
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _opened(home: Home, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(home.warehouse), read_only=read_only)
    except duckdb.Error as error:
        raise DatenlaborError(
            f"The warehouse cannot be opened: {error}", hint="Close the program that has it open."
        ) from error
