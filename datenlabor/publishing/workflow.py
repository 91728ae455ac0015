"""Publish, list and roll back: the order of the steps, each failing without harm to readers."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from datenlabor import console, disk, warehouse
from datenlabor.audiences import AUDIENCES, INTERNAL
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PUBLISHED_FILE, Home
from datenlabor.protection.parameters import FILE as PARAMETERS
from datenlabor.protection.parameters import are_own
from datenlabor.publishing import auditing, memory, store
from datenlabor.publishing.build import build_file, check_file
from datenlabor.publishing.manifest import internal_tables, protected_tables
from datenlabor.publishing.store import PublishedFile, Release
from datenlabor.publishing.tables import Table

MINIMUM_KEEP = 2
STEPS = 4


@dataclass(frozen=True)
class Protection:
    """What is kept from whom."""

    internal: Collection[str] = ()
    """Tables for the city's staff alone."""
    cells: str | None = None
    """Table of what each audience gets of every cell: it is audited, together with what earlier
    releases have shown, and remembered."""


UNPROTECTED = Protection()
"""Of tables in which nothing is secret."""


def publish(
    home: Home,
    *,
    tables: Mapping[str, Sequence[str]],
    protection: Protection = UNPROTECTED,
    keep: int = 5,
    inputs_fingerprint: str | None = None,
) -> Release:
    """Publish ``tables`` (name → order-by columns) of the warehouse's schema ``protected``.

    Builds and checks a new file for each audience in a hidden folder, makes them durable, renames
    the folder, swaps the link ``current``. Until the swap readers see the old release, whatever
    happens; from then on the new one. What a crash leaves behind is removed by the next publish or
    rollback.

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
        _settle(home)
        now = datetime.now(UTC)
        # After a restore there are no releases, but what was remembered of them.
        shown = [folder.name for folder in memory.remembered(home)]
        release_id = store.next_id(now, [*store.ids(home), *shown])
        store.announce(lock, release_id)
        contents = {
            audience: {
                name: order_by
                for name, order_by in tables.items()
                if audience == INTERNAL or name not in protection.internal
            }
            for audience in AUDIENCES
        }
        built = _build(home, release_id, now, contents, inputs_fingerprint)
        release = replace(built, is_audited=bool(protection.cells))
        store.write_record(release, store.building(home, release_id))
        console.step(3, STEPS, "Audit: can any secret be worked out?")
        if protection.cells:
            if not are_own(home.root):
                console.err.print(
                    f"[yellow]The parameters of protection are those of the demo, which everyone "
                    f"can read: write {home.root / PARAMETERS} before you publish real figures "
                    "(docs/protection.md).[/yellow]"
                )
            for one in auditing.audit(home, protection.cells, only_changed=True):
                console.done(one.summary)
            memory.prepare(home, release_id, protection.cells)
            _refuse_other_build(home, inputs_fingerprint)
        console.step(4, STEPS, "Show it to readers")
        _show(home, release)
        _finish(home, {*store.ids(home)[:keep], release.release_id, release.replaces})
        return replace(release, is_current=True)


def publish_build(
    home: Home, manifest: Path, *, keep: int = 5, inputs_fingerprint: str | None = None
) -> Release:
    """Publish the warehouse as dbt's manifest describes it; see :func:`publish`."""
    return publish(
        home,
        tables=protected_tables(manifest),
        protection=Protection(internal_tables(manifest), memory.CELLS),
        keep=keep,
        inputs_fingerprint=inputs_fingerprint,
    )


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
        if damaged := store.damaged_files(target):
            raise DatenlaborError(
                f"Release {target.release_id} is damaged: {damaged[0]} is not what was published.",
                hint="Name another release (`datenlabor releases`) or publish anew.",
            )
        store.swap(home, target.release_id)
        return store.read_release(home, target.release_id)


def settle(home: Home) -> None:
    """Finish or undo what a killed publisher has left, so that what was shown is remembered.

    Publishing and rolling back do the same; this is for whoever looks at what is remembered.

    Raises DatenlaborError if a publisher is at work, or the disk refuses.
    """
    with _plain_errors("Clearing up after earlier releases failed"), store.locked(home):
        _settle(home)


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


def _settle(home: Home) -> None:
    memory.settle(home)
    remembered = {folder.name for folder in memory.remembered(home)}
    for release in releases(home):
        if release.is_audited and release.release_id not in remembered:
            raise DatenlaborError(
                f"What release {release.release_id} has kept secret is missing in {home.memory}.",
                hint="Restore that folder from a backup. Without it a release could show what an "
                "earlier one kept secret.",
            )


def _build(
    home: Home,
    release_id: str,
    now: datetime,
    contents: Mapping[str, Mapping[str, Sequence[str]]],
    inputs_fingerprint: str | None,
) -> Release:
    """Return a checked release in its hidden folder, without its record."""
    folder = store.building(home, release_id)
    folder.mkdir()
    console.step(1, STEPS, f"Build release {release_id} from {home.warehouse}")

    def build(audience: str) -> Mapping[str, Table]:
        file = folder / audience / PUBLISHED_FILE
        file.parent.mkdir()
        return build_file(
            file,
            warehouse=home.warehouse,
            tables=contents[audience],
            release_id=release_id,
            published_at=now,
        )

    with ThreadPoolExecutor() as pool:
        copied = dict(zip(contents, pool.map(build, contents), strict=True))
    _refuse_other_build(home, inputs_fingerprint)
    for audience, found in copied.items():
        rows = sum(table.rows for table in found.values())
        console.done(f"{audience}: {len(found)} tables, {rows} rows")
    console.step(2, STEPS, "Check it as its readers will open it")
    files = {}
    for audience, found in copied.items():
        file = folder / audience / PUBLISHED_FILE
        check_file(file, found)
        files[audience] = PublishedFile(
            home.releases / release_id / audience / PUBLISHED_FILE,
            {name: table.rows for name, table in found.items()},
            store.sha256_of(file),
        )
    return Release(
        release_id=release_id,
        published_at=now,
        files=files,
        inputs_fingerprint=inputs_fingerprint,
        is_audited=False,
        replaces=store.current_id(home),
        path=home.releases / release_id,
        is_current=False,
    )


def _refuse_other_build(home: Home, inputs_fingerprint: str | None) -> None:
    """Whoever changes the warehouse removes its mark first: it is still there, so nobody has."""
    if inputs_fingerprint and warehouse.built_from(home) != inputs_fingerprint:
        raise DatenlaborError(
            "The warehouse was changed after it had been built.",
            hint="Another run of dbt came in between; run the command again.",
        )


def _show(home: Home, release: Release) -> None:
    store.building(home, release.release_id).rename(release.path)
    store.sync(home.releases)
    store.swap(home, release.release_id)


def _finish(home: Home, keep: Collection[str | None]) -> None:
    """Remember what is shown now and delete old releases.

    The new release is out: failing here is worth a warning. What was not remembered, the next
    command does first; until then nothing is deleted by which it is known to have been shown.
    """
    try:
        memory.settle(home)
    except OSError as error:
        console.err.print(f"What is secret in it could not be put in its place yet: {error}")
        return
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
        raise DatenlaborError(
            f"{what}: {error}. Readers still see the release they saw before.",
            hint=disk.advice(error)
            or "If the warehouse is damaged, `datenlabor rebuild` makes it anew.",
        ) from error
