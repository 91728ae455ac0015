"""Publish, list and roll back: the order of the steps, each failing without harm to readers."""

import errno
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import duckdb

from datenlabor import console, warehouse
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import store
from datenlabor.publishing.build import build_file, check_file
from datenlabor.publishing.store import Release

MINIMUM_KEEP = 2
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def publish(
    home: Home,
    *,
    tables: Mapping[str, Sequence[str]],
    keep: int = 5,
    inputs_fingerprint: str | None = None,
) -> Release:
    """Publish ``tables`` (name → order-by columns) of the warehouse's schema ``protected``.

    Builds and checks a new file in a hidden folder, makes it durable, renames the folder, swaps
    the link ``current``. Until the swap readers see the old release, whatever happens; from then
    on the new one. What a crash leaves behind is removed by the next publish or rollback.

    With ``inputs_fingerprint`` the warehouse has to be the build of these inputs, by its mark.

    ``keep`` releases stay (at least 2: the one just replaced may be opening in a reader), and
    always the current one and the one it replaced.

    Raises DatenlaborError, with ``current`` as it was, for anything that goes wrong.
    """
    if keep < MINIMUM_KEEP:
        raise DatenlaborError(
            f"keep={keep} is too few: a release just replaced may still be opening in a reader.",
            hint=f"Keep at least {MINIMUM_KEEP} releases.",
        )
    with _plain_errors("Publishing failed"), store.locked(home) as lock:
        now = datetime.now(UTC)
        release_id = store.next_id(now, store.ids(home))
        store.announce(lock, release_id)
        release = _build(home, release_id, now, tables, inputs_fingerprint)
        console.step(3, 3, "Show it to readers")
        _show(home, release)
        _prune(home, keep={*store.ids(home)[:keep], release.release_id, release.replaces})
        return replace(release, is_current=True)


def rollback(home: Home, release_id: str | None = None) -> Release:
    """Make an earlier release current: the named one, or the one the current release replaced.

    Going back once more goes one further back; the releases left behind stay and can be named.

    Raises DatenlaborError, with ``current`` as it was, if there is no such release or its file is
    not the one that was published (SHA-256).
    """
    with _plain_errors("Rolling back failed"), store.locked(home):
        target = store.read_release(home, release_id or _previous(home))
        if target.is_current:
            raise DatenlaborError(
                f"Release {target.release_id} is already current.",
                hint="`datenlabor releases` lists the others.",
            )
        if not target.file.is_file() or store.sha256_of(target.file) != target.sha256:
            raise DatenlaborError(
                f"Release {target.release_id} is damaged: {target.file} is not what was published.",
                hint="Name another release (`datenlabor releases`) or publish anew.",
            )
        store.swap(home, target.release_id)
        return store.read_release(home, target.release_id)


def releases(home: Home) -> list[Release]:
    """List all releases that are or were current, newest first; damaged ones are left out."""
    unfinished = store.unfinished(home)
    found = []
    for release_id in store.ids(home):
        if release_id != unfinished:
            try:
                found.append(store.read_release(home, release_id))
            except DatenlaborError as error:
                console.err.print(f"[yellow]{error}[/yellow]")
    return found


def current_release(home: Home) -> Release | None:
    """Return the release readers see, None before the first publish.

    Raises DatenlaborError if ``current`` points to a release that is missing or damaged.
    """
    release_id = store.current_id(home)
    return None if release_id is None else store.read_release(home, release_id)


def _build(
    home: Home,
    release_id: str,
    now: datetime,
    tables: Mapping[str, Sequence[str]],
    inputs_fingerprint: str | None,
) -> Release:
    """Return a checked, durable release in its hidden folder, not yet seen by anyone."""
    folder = store.building(home, release_id)
    folder.mkdir()
    file = folder / home.published.name
    console.step(1, 3, f"Build release {release_id} from {home.warehouse}")
    copied = build_file(
        file, warehouse=home.warehouse, tables=tables, release_id=release_id, published_at=now
    )
    # Whoever changes the warehouse removes its mark first: it is still there, so nobody has.
    if inputs_fingerprint and warehouse.built_from(home) != inputs_fingerprint:
        raise DatenlaborError(
            "The warehouse was changed after it had been built.",
            hint="Another run of dbt came in between; run the command again.",
        )
    rows = {name: table.rows for name, table in copied.items()}
    console.done(f"{len(rows)} tables, {sum(rows.values())} rows")
    console.step(2, 3, "Check it as its readers will open it")
    check_file(file, copied)
    release = Release(
        release_id=release_id,
        published_at=now,
        tables=rows,
        sha256=store.sha256_of(file),
        inputs_fingerprint=inputs_fingerprint,
        replaces=store.current_id(home),
        path=home.releases / release_id,
        is_current=False,
    )
    store.write_record(release, folder)
    return release


def _show(home: Home, release: Release) -> None:
    store.building(home, release.release_id).rename(release.path)
    store.sync(home.releases)
    store.swap(home, release.release_id)


def _prune(home: Home, keep: Collection[str | None]) -> None:
    """Delete old releases; failing at that is worth a warning, the new release is out."""
    for release_id in store.ids(home):
        if release_id not in keep:
            try:
                store.remove(home, release_id)
            except OSError as error:
                console.err.print(f"Old release {release_id} could not be deleted: {error}")


def _previous(home: Home) -> str:
    current = current_release(home)
    if current is None or current.replaces is None:
        raise DatenlaborError(
            "There is no earlier release to go back to.",
            hint="`datenlabor releases` lists those that exist; name one with --to.",
        )
    return current.replaces


@contextmanager
def _plain_errors(what: str) -> Iterator[None]:
    """Turn errors of the file system and of DuckDB into one the user can act on."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        is_full = getattr(error, "errno", None) in _FULL or os.strerror(errno.ENOSPC) in str(error)
        raise DatenlaborError(
            f"{what}: {error}. Readers still see the release they saw before.",
            hint="The disk is full: make room, then try again." if is_full else "",
        ) from error
