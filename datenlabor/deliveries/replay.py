"""History of the registers: which days have to be lived through again, and which already were.

A snapshot sees what is there when it runs, so its history depends on the order of its runs. That
order is always the order of the days of publication: a new last day is added; for a day in
between, a withdrawal or a changed snapshot, everything is replayed from the first day. Days on
which a list of the product changed count as well, as long as another day follows.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from datenlabor import product_lists, warehouse
from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.store import Delivery
from datenlabor.paths import PROJECT, Home

_DEFINITION = (
    *("snapshots/*", "macros/register_state.sql"),
    *("models/staging/stg_register__*.sql", "models/staging/stg_delivery__*.sql"),
)
_UNFINISHED = ""
"""Digest of a day that was started; no day that is wanted has it."""


@dataclass(frozen=True, order=True)
class Day:
    """A day on which registers were published or lists of the product changed."""

    day: date
    digest: str
    """Of what changed on the day and of how snapshots are taken."""


@dataclass(frozen=True)
class Plan:
    """The days to be replayed; from nothing, or after those that already were."""

    from_nothing: bool
    days: tuple[Day, ...]


def register_days(
    deliveries: Iterable[Delivery], changes: Mapping[date, Sequence[str]], definition: str
) -> tuple[Day, ...]:
    """Return the days on which anything changed in the registers that count, in order.

    ``changes`` are those of the product's lists; the last day of all needs no replay if only they
    changed, since the build sees their state. ``definition`` stands for how snapshots are taken:
    when it changes, all days do.
    """
    contents: dict[date, list[str]] = {}
    for delivery in deliveries:
        if delivery.is_active and contracts()[delivery.record.dataset].kind == "register":
            contents.setdefault(delivery.record.published_on, []).append(delivery.id)
    last = max((*contents, *changes), default=date.min)
    for day, rows in changes.items():
        if day in contents or day < last:
            contents.setdefault(day, []).extend(rows)
    return tuple(
        Day(day, hashlib.sha256("\n".join([definition, *sorted(rows)]).encode()).hexdigest())
        for day, rows in sorted(contents.items())
    )


def plan(wanted: Sequence[Day], replayed: Sequence[Day]) -> Plan:
    """Say what leads from the days replayed, the last perhaps unfinished, to the days wanted."""
    is_start = tuple(wanted[: len(replayed)]) == tuple(replayed)
    if is_start and (replayed or not wanted):
        return Plan(from_nothing=False, days=tuple(wanted[len(replayed) :]))
    # Snapshots of before the first day hold what was not yet published on it.
    return Plan(from_nothing=True, days=tuple(wanted))


def due(home: Home, deliveries: Iterable[Delivery]) -> Plan:
    """Say what has to be replayed for the history to hold all deliveries that count.

    Raises DatenlaborError if the warehouse cannot be opened.
    """
    wanted = register_days(deliveries, product_lists.changes(), snapshot_definition())
    if not wanted and not home.warehouse.exists():
        return Plan(from_nothing=False, days=())
    return plan(wanted, _replayed(home))


def bring_up_to_date(
    home: Home, deliveries: Iterable[Delivery], take_snapshots: Callable[[date], None]
) -> int:
    """Replay the days that are due; ``take_snapshots`` does it for one. Return how many they were.

    A day is noted in the warehouse before its snapshots are taken, its digest once they are. Where
    that failed or was killed, nobody knows which were: the next time begins from nothing.

    Raises:
        DatenlaborError: the warehouse cannot be opened, or whatever ``take_snapshots`` raises.

    """
    planned = due(home, deliveries)
    if planned.from_nothing:
        warehouse.execute(
            home,
            "drop schema if exists snapshots cascade",
            "drop table if exists raw.replayed_day",
        )
    for day in planned.days:
        warehouse.execute(
            home,
            "create schema if not exists raw",
            "create table if not exists raw.replayed_day (day date, digest varchar)",
            f"insert into raw.replayed_day values (date '{day.day}', '{_UNFINISHED}')",
        )
        take_snapshots(day.day)
        warehouse.execute(
            home,
            f"update raw.replayed_day set digest = '{day.digest}' where day = date '{day.day}'",
        )
    return len(planned.days)


def snapshot_definition() -> str:
    """Return a hash of the snapshots' definitions and of what makes their rows."""
    digest = hashlib.sha256()
    for pattern in _DEFINITION:
        for file in sorted(PROJECT.glob(pattern)):
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _replayed(home: Home) -> tuple[Day, ...]:
    if not home.warehouse.exists():
        return ()
    with warehouse.opened(home, read_only=True) as connection:
        try:
            days = connection.execute("select day, digest from raw.replayed_day order by day")
        except duckdb.CatalogException:
            return ()
        return tuple(Day(*row) for row in days.fetchall())
