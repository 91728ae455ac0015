"""Publishers, exporters and backups at once: one after the other or refused, never half of each."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
import small_open_data
from small_open_data import home_with_release
from test_interrupted_export import current, shown

from datenlabor import publishing
from datenlabor.audiences import AUDIENCES
from datenlabor.backup import archive, state
from datenlabor.errors import DatenlaborError
from datenlabor.opendata import folder as exports
from datenlabor.paths import Home
from datenlabor.publishing import store
from datenlabor.publishing.connection import open_read_only

ROUNDS = range(4, 40)
"""At least so many, and then until one of those who publish was the first."""
REFUSED = "Another publish, rollback or backup is at work", "Another export is at work"
start: Barrier


def wait_for_all(barrier: Barrier) -> None:
    """Let the jobs of a process begin when all others do."""
    global start  # noqa: PLW0603 handed over once, when the process begins
    start = barrier


def publish(folder: Path, _number: int) -> None:
    publishing.publish(Home(folder / "home"), tables=small_open_data.TABLES, keep=2)


def export(folder: Path, _number: int) -> None:
    small_open_data.export(Home(folder / "home"))


def back_up(folder: Path, number: int) -> None:
    state.back_up(Home(folder / "home"), folder / f"{number}.zip")


def do(job: Callable[[Path, int], None], folder: Path, number: int) -> str:
    """Begin with all others; return how it was refused."""
    start.wait(timeout=60)
    try:
        job(folder, number)
    except DatenlaborError as error:
        return str(error)
    return ""


def test_processes_at_once(tmp_path: Path) -> None:
    home = home_with_release(tmp_path)
    export(tmp_path, 0)
    jobs = [publish, export, back_up] * 2
    context = get_context("spawn")
    barrier = context.Barrier(len(jobs))
    refused: list[str] = []
    with ProcessPoolExecutor(len(jobs), context, wait_for_all, (barrier,)) as pool:
        for number in range(ROUNDS.stop):
            if number >= ROUNDS.start and len(publishing.releases(home)) > 1:
                break
            running = [
                pool.submit(do, each, tmp_path, number * 10 + place)
                for place, each in enumerate(jobs)
            ]
            refused += filter(None, (each.result() for each in running))
            check(tmp_path)
    assert all(text.startswith(REFUSED) for text in refused)
    assert len(publishing.releases(home)) > 1


def check(folder: Path) -> None:
    """All that can be seen is whole, and of one release."""
    home = Home(folder / "home")
    found = set()
    for audience in AUDIENCES:
        with open_read_only(home.published_for(audience)) as connection:
            found |= set(connection.execute("from protected.release").fetchall())
    [(release_id, _)] = found
    assert release_id == store.current_id(home)
    assert current(folder) in shown(folder)
    for backup in folder.glob("*.zip"):
        archive.verify(backup)


def test_an_export_during_a_publication_and_a_backup_during_an_export(tmp_path: Path) -> None:
    """Neither waits for the other: the former reads what is shown, the latter what is complete."""
    home = home_with_release(tmp_path)
    with store.locked(home):
        export(tmp_path, 0)
    with exports.staged(home.open_data, "20990101T000000Z") as building:
        (building / "half").touch()
        back_up(tmp_path, 1)
    names = archive.verify(tmp_path / "1.zip").files
    assert [name for name in names if "half" in name] == []
    assert [name for name in names if name.startswith("open-data/")] != []


def test_a_publication_or_backup_meanwhile_is_refused(tmp_path: Path) -> None:
    home = home_with_release(tmp_path)
    old = store.current_id(home)
    with store.locked(home):
        for job in (publish, back_up, lambda *_: publishing.rollback(home)):
            with pytest.raises(DatenlaborError, match=REFUSED[0]) as caught:
                job(tmp_path, 0)
            assert "try again" in caught.value.hint
    assert store.current_id(home) == old
    publish(tmp_path, 0)
