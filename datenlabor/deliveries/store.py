"""The folder of deliveries: names, records, withdrawals; knows nothing of what is in the files.

    deliveries/
      20261122T031500Z-1a2b3c4d/      a delivery; only `withdrawal.json` is ever added
        original/<file>               as received, and its siblings (shapefile)
        spec.yml, record.json         how it was read, what came of it
        <dataset>.parquet, quarantine.parquet
        withdrawal.json               no longer counts, why, and what replaced it
      .incoming/<id>/                 being read, or left by a crash; one level deeper, where
                                      `*/<dataset>.parquet` does not find it
      .lock, log.jsonl

A delivery appears by one rename. A replacement is that rename followed by the withdrawal of the
old one, which the new record names: a crash between the two is completed by the next holder of
the lock, so that the same file never counts twice.
"""

import fcntl
import os
import re
import shutil
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from datenlabor import console
from datenlabor.deliveries import journal
from datenlabor.deliveries.journal import Event
from datenlabor.deliveries.record import Record, Withdrawal
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing.store import sync

WAIT_SECONDS = 600
"""How long a second process waits: about as long as the largest file takes to be read."""
REPLACED = "Replaced by a new reading of the same file."
_ID = re.compile(r"(\d{8}T\d{6}Z)-[0-9a-f]{8}")
_STAMP = "%Y%m%dT%H%M%SZ"
_RECORD = "record.json"
_WITHDRAWAL = "withdrawal.json"
_READ_ONLY = 0o444
_Content = TypeVar("_Content", bound=BaseModel)


@dataclass(frozen=True)
class Delivery:
    """A delivery in the store."""

    record: Record
    withdrawal: Withdrawal | None
    path: Path

    @property
    def id(self) -> str:
        """Id of the delivery, the name of its folder."""
        return self.record.delivery_id

    @property
    def is_active(self) -> bool:
        """Whether it counts."""
        return self.withdrawal is None

    @property
    def original(self) -> Path:
        """The file as received; its siblings lie beside it."""
        return self.path / "original" / self.record.file_name

    @property
    def spec_text(self) -> str:
        """Return the spec it was read with. Raises OSError."""
        return (self.path / "spec.yml").read_text(encoding="utf-8")


def next_id(now: datetime, taken: Iterable[str], sha256: str) -> tuple[str, datetime]:
    """Name a delivery after the second of ``now`` and its content; return the id and that second.

    If a delivery of that second or of a later one exists (clock set back), it gets the second
    after the newest: ids sort by the order of arrival and never repeat.
    """
    moment = now.astimezone(UTC).replace(microsecond=0)
    newest = max(taken, default="")
    if newest >= moment.strftime(_STAMP):
        after = datetime.strptime(newest.partition("-")[0], _STAMP).replace(tzinfo=UTC)
        moment = after + timedelta(seconds=1)
    return f"{moment.strftime(_STAMP)}-{sha256[:8]}", moment


def ids(home: Home) -> list[str]:
    """Return the ids of all deliveries, oldest first; foreign folders do not count."""
    if not home.deliveries.is_dir():
        return []
    return sorted(path.name for path in home.deliveries.iterdir() if _ID.fullmatch(path.name))


def read_delivery(home: Home, delivery_id: str) -> Delivery:
    """Read a delivery's records. Raises DatenlaborError if it is unknown or damaged."""
    folder = home.deliveries / delivery_id
    if not _ID.fullmatch(delivery_id) or not folder.is_dir():
        raise DatenlaborError(
            f"There is no delivery {delivery_id!r}.",
            hint="`datenlabor deliveries` lists those that exist.",
        )
    withdrawal = folder / _WITHDRAWAL
    return Delivery(
        record=_read(Record, folder / _RECORD),
        withdrawal=_read(Withdrawal, withdrawal) if withdrawal.exists() else None,
        path=folder,
    )


def deliveries(home: Home) -> list[Delivery]:
    """Read all deliveries, oldest first. Raises DatenlaborError if one is damaged."""
    return [read_delivery(home, delivery_id) for delivery_id in ids(home)]


def state(home: Home) -> list[str]:
    """Return what a build depends on: every id, with ``-`` before those that are withdrawn."""
    return [
        f"-{name}" if (home.deliveries / name / _WITHDRAWAL).exists() else name
        for name in ids(home)
    ]


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Be the only one who changes or builds on the deliveries; first clear up after a crash.

    A second process waits, since nothing is lost by it: a nightly inbox goes on after a build.
    The kernel drops the lock when its holder ends, however it ends. Not reentrant.

    Raises DatenlaborError if the other one takes longer than ``WAIT_SECONDS``, OSError if the
    folder is not writable.
    """
    home.deliveries.mkdir(parents=True, exist_ok=True)
    with (home.deliveries / ".lock").open("a") as lock:
        deadline = time.monotonic() + WAIT_SECONDS
        is_told = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DatenlaborError(
                        f"Another process has been at work in {home.deliveries} for long.",
                        hint="Wait until it has finished, then try again.",
                    ) from None
            if not is_told:
                console.err.print("Another process is at work on the deliveries: waiting …")
                is_told = True
            time.sleep(0.1)
        # For programs started meanwhile with `close_fds=False`, which may outlive this one.
        os.set_inheritable(lock.fileno(), True)  # noqa: FBT003 takes no keyword
        _settle(home)
        yield


def incoming(home: Home, delivery_id: str) -> Path:
    """Make the folder in which a delivery is read. Raises OSError."""
    folder = home.deliveries / ".incoming" / delivery_id
    folder.mkdir(parents=True)
    return folder


def discard(home: Home) -> None:
    """Delete what is being read; only for the holder of the lock. Raises OSError."""
    folder = home.deliveries / ".incoming"
    if folder.is_dir():
        shutil.rmtree(folder)


def add(home: Home, record: Record, folder: Path) -> Delivery:
    """Write the record into an incoming folder, make all durable, and let the delivery appear.

    Withdraws the delivery it replaces. Raises OSError, before the delivery appears or after it;
    in the latter case the next holder of the lock completes what is missing.
    """
    (folder / _RECORD).write_text(_text(record), encoding="utf-8")
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(_READ_ONLY)
        sync(path)
    sync(folder)
    final = home.deliveries / record.delivery_id
    folder.rename(final)
    sync(home.deliveries)
    delivery = read_delivery(home, record.delivery_id)
    _complete(home, delivery, _logged(home))
    return delivery


def withdraw(home: Home, delivery_id: str, reason: str) -> Delivery:
    """Let a delivery no longer count; its files stay. Only for the holder of the lock.

    Raises DatenlaborError if it is unknown, already withdrawn, or no reason is given; OSError.
    """
    if not reason.strip():
        raise DatenlaborError("A withdrawal needs a reason.", hint="Say it with --reason.")
    delivery = read_delivery(home, delivery_id)
    if delivery.withdrawal:
        raise DatenlaborError(
            f"Delivery {delivery_id} was already withdrawn at {delivery.withdrawal.withdrawn_at}: "
            f"{delivery.withdrawal.reason}",
        )
    moment = datetime.now(UTC).replace(microsecond=0)
    withdrawal = Withdrawal(delivery_id=delivery_id, withdrawn_at=moment, reason=reason.strip())
    _write_withdrawal(home, withdrawal)
    withdrawn = read_delivery(home, delivery_id)
    _complete(home, withdrawn, _logged(home))
    return withdrawn


def _settle(home: Home) -> None:
    """Bring the store to a consistent state: what a crash has left undone is done now."""
    discard(home)
    logged = _logged(home)
    for delivery in deliveries(home):
        _complete(home, delivery, logged)


def _complete(home: Home, delivery: Delivery, logged: Collection[tuple[str, str]]) -> None:
    """Do what follows from a delivery's records: withdraw what it replaces, log what is not."""
    former = delivery.record.replaces_delivery_id
    replaced = home.deliveries / former if former else None
    if replaced and replaced.is_dir() and not (replaced / _WITHDRAWAL).exists():
        withdrawal = Withdrawal(
            delivery_id=replaced.name,
            withdrawn_at=delivery.record.received_at,
            reason=REPLACED,
            replaced_by_delivery_id=delivery.id,
        )
        _write_withdrawal(home, withdrawal)
    for event, details in _events(delivery):
        if (event, details["delivery_id"]) not in logged:
            journal.append(home, event, **details)


def _events(delivery: Delivery) -> Iterator[tuple[Event, dict[str, str]]]:
    record, withdrawal = delivery.record, delivery.withdrawal
    content = {"file_name": record.file_name, "sha256": record.sha256}
    yield Event.DELIVERED, {"delivery_id": delivery.id, **content}
    if former := record.replaces_delivery_id:
        yield Event.REPLACED, {"delivery_id": former, "replaced_by": delivery.id}
    if withdrawal and not withdrawal.replaced_by_delivery_id:
        yield Event.WITHDRAWN, {"delivery_id": delivery.id, "reason": withdrawal.reason}


def _logged(home: Home) -> set[tuple[str, str]]:
    return {(str(entry["event"]), str(entry.get("delivery_id"))) for entry in journal.read(home)}


def _write_withdrawal(home: Home, withdrawal: Withdrawal) -> None:
    final = home.deliveries / withdrawal.delivery_id / _WITHDRAWAL
    draft = incoming(home, withdrawal.delivery_id) / _WITHDRAWAL
    draft.write_text(_text(withdrawal), encoding="utf-8")
    draft.chmod(_READ_ONLY)
    sync(draft)
    draft.rename(final)
    sync(final.parent)
    discard(home)


def _text(content: BaseModel) -> str:
    return content.model_dump_json(indent=2) + "\n"


def _read(kind: type[_Content], file: Path) -> _Content:
    try:
        return kind.model_validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise DatenlaborError(
            f"Delivery {file.parent.name} is damaged: {file} cannot be read ({error}).",
            hint="Restore the folder from a backup; nothing is changed meanwhile.",
        ) from error
