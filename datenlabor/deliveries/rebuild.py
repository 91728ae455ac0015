"""Everything from the originals: verify them, read them again, build the warehouse from nothing."""

import fcntl
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from datenlabor import console, dbt, warehouse
from datenlabor.city import City, SpecFile
from datenlabor.deliveries import journal, reading, store, supplied
from datenlabor.deliveries.deliver import Reader, Request, deliver, describe, plain_errors
from datenlabor.deliveries.files.prepare import parts
from datenlabor.deliveries.journal import Event
from datenlabor.deliveries.known import known_to
from datenlabor.deliveries.spec import parse_spec
from datenlabor.deliveries.store import Delivery
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing.store import sync

STEPS = 3


@dataclass(frozen=True)
class Difference:
    """A delivery whose rows are not those of today's reading of its original."""

    delivery: Delivery
    text: str


def rebuild(
    home: Home,
    city: City,
    *,
    accept: bool = False,
    read: Reader | None = None,
    build: Callable[[Home, City], None] = dbt.build,
) -> None:
    """Build the warehouse of ``home`` from the originals of all active deliveries.

    ``accept`` replaces deliveries whose reading has changed; without it they stop the rebuild.
    The new warehouse is made beside the old one and takes its place when it is complete: a rebuild
    that fails or is killed leaves the old one as it was. No delivery comes or goes meanwhile.

    Raises:
        DatenlaborError: an original is damaged, a reading has changed, or the build failed.

    """
    read = read or reading.read
    with store.locked(home), _draft(home) as new:
        active = [delivery for delivery in store.deliveries(home) if delivery.is_active]
        console.step(1, STEPS, f"Verify the originals of {len(active)} deliveries")
        verify_originals(active)
        console.step(2, STEPS, "Read them again")
        known = supplied.deliveries(city)
        changed = differences(home.scratch, active, read, known)
        for difference in changed:
            console.done(f"{difference.delivery.id}: {difference.text}")
        if changed and not accept:
            raise DatenlaborError(
                f"{len(changed)} deliveries are read differently today than when they came.",
                hint="Code lists or the program have changed since. See what changed, then "
                "`datenlabor rebuild --accept` replaces them by today's reading.",
            )
        for difference in changed:
            _replace(home, difference.delivery, read, known)
        console.step(3, STEPS, "Build the warehouse and its history from nothing")
        build(new, city)
        _adopt(home, new)
        journal.append(home, Event.REBUILT)


def verify_originals(deliveries: list[Delivery]) -> None:
    """Compare every original with its SHA-256.

    Raises:
        DatenlaborError: some are not what was delivered; all of them are named.

    """
    damaged = []
    for delivery in deliveries:
        content = describe(delivery.original, parts(delivery.original))
        if content.sha256 != delivery.record.sha256:
            damaged.append(str(delivery.original))
    if damaged:
        raise DatenlaborError(
            "Originals are not what was delivered:\n" + "\n".join(damaged),
            hint="Restore them from a backup, or withdraw the deliveries.",
        )


def differences(
    scratch: Path, deliveries: list[Delivery], read: Reader, known: Sequence[Delivery] = ()
) -> list[Difference]:
    """Read originals again with their own specs, in folder ``scratch``, and compare the rows.

    ``known`` are deliveries outside the store, see :class:`Request`.

    Raises:
        DatenlaborError: DuckDB cannot read or write.

    """
    found = []
    with tempfile.TemporaryDirectory(dir=scratch) as readings:
        for delivery in deliveries:
            folder = Path(readings) / delivery.id
            folder.mkdir()
            try:
                spec = parse_spec(delivery.spec_text, f"of {delivery.id}")
                with plain_errors(delivery.original):
                    target = reading.Target(folder, delivery.id)
                    codes = known_to([*known, *deliveries], spec)
                    read(delivery.original, spec, target, codes, _silent)
            except DatenlaborError as error:
                found.append(Difference(delivery, f"refused today: {error}"))
                continue
            if text := compare_rows(delivery.path, folder):
                found.append(Difference(delivery, text))
    return found


def compare_rows(stored: Path, today: Path) -> str:
    """Say in which Parquet files of two folders the rows differ; their order does not matter."""
    names = sorted({file.name for folder in (stored, today) for file in folder.glob("*.parquet")})
    texts = []
    with duckdb.connect() as connection:
        for name in names:
            if not (stored / name).exists() or not (today / name).exists():
                texts.append(f"{name} is {'new' if (today / name).exists() else 'gone'}")
                continue
            old = connection.read_parquet(str(stored / name))
            new = connection.read_parquet(str(today / name))
            if sorted(zip(old.columns, old.types, strict=True)) != sorted(
                zip(new.columns, new.types, strict=True)
            ):
                texts.append(f"{name} has other columns")
                continue
            columns = ", ".join(f'"{column}"' for column in old.columns)
            gone = old.project(columns).except_(new.project(columns))
            come = new.project(columns).except_(old.project(columns))
            counts = [len(relation) for relation in (gone, come)]
            if any(counts) or len(old) != len(new):
                texts.append(f"{name}: {counts[0]} rows gone, {counts[1]} new")
    return "; ".join(texts)


def discard_draft(home: Home) -> None:
    """Remove what a killed rebuild has left.

    Only for the holder of the store's lock. Raises OSError.
    """
    if home.scratch.exists():
        shutil.rmtree(home.scratch)


@contextmanager
def _draft(home: Home) -> Iterator[Home]:
    """Give a home with the same deliveries, but with a warehouse yet to be built.

    Only for the holder of the store's lock. Raises DatenlaborError if a program may be writing the
    warehouse that would be replaced; OSError.
    """
    with _unwritten(home.warehouse):
        discard_draft(home)
    home.scratch.mkdir()
    try:
        yield replace(home, is_draft=True)
    finally:
        discard_draft(home)


def _adopt(home: Home, new: Home) -> None:
    """Put the warehouse of a draft in the place of the present one, which may be damaged.

    Killed at any point, one of the two is there, whole. Readers that have the old one open keep it.

    Raises DatenlaborError if a program may be writing the old one; OSError.
    """
    with warehouse.opened(new) as connection:
        connection.execute("checkpoint")
    with _unwritten(home.warehouse):
        # A log beside a file it does not belong to would make that file unreadable; without its
        # log, the old warehouse is what it was when last written in full, its mark included.
        home.warehouse.with_name(f"{home.warehouse.name}.wal").unlink(missing_ok=True)
        sync(home.root)
        new.warehouse.replace(home.warehouse)
        sync(home.root)


def _replace(home: Home, delivery: Delivery, read: Reader, known: Sequence[Delivery]) -> None:
    spec = parse_spec(delivery.spec_text, f"of {delivery.id}")
    request = Request(
        delivery.original,
        SpecFile(spec, delivery.spec_text),
        delivery.record.published_on,
        supplied=known,
        replaces=delivery.id,
    )
    replacement = deliver(home, request, read=read, progress=_silent).delivery
    if replacement:
        console.done(f"{delivery.id} is replaced by {replacement.id}")


def _silent(_done: int, _total: int) -> None:
    pass


@contextmanager
def _unwritten(file: Path) -> Iterator[None]:
    """Keep writers away from a database, whatever its state, with the kind of lock DuckDB takes."""
    if not file.exists():
        yield
        return
    with file.open("rb") as stream:
        try:
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError as error:
            raise DatenlaborError(
                f"Another program is writing {file}.", hint="Close it, then try again."
            ) from error
        yield
