"""Backup and restore, killed at every step, and on a disk full or read-only from there."""

from pathlib import Path

import pytest
from interrupted import Case, interruptions
from small_home import KEPT, files, fill
from traced import End, Fault

from datenlabor.backup import archive, state
from datenlabor.paths import Home


def home_of(folder: Path) -> Home:
    return Home(folder / "home")


def backup_of(folder: Path) -> Path:
    return folder / "backups" / "monday.zip"


def restored_of(folder: Path) -> Home:
    return Home(folder / "elsewhere" / "home")


def kept(home: Home) -> dict[str, bytes]:
    """Return what was restored, without the metadata, which are no copy byte by byte."""
    return {name: content for name, content in files(home.root).items() if name != state.METADATA}


def prepare(folder: Path) -> None:
    fill(home_of(folder).root)
    backup_of(folder).parent.mkdir()


def back_up(folder: Path) -> None:
    state.back_up(home_of(folder), backup_of(folder))


def look(folder: Path, end: End) -> None:
    is_there = backup_of(folder).exists()
    if is_there:
        assert archive.verify(backup_of(folder)).files.keys() == {*KEPT, state.METADATA}
    if end is not End.SILENT:
        assert end == (End.DONE if is_there else End.REFUSED), "it said what is not so"


def go_on(folder: Path) -> None:
    """The next one, of another name, clears away what this one left."""
    tuesday = backup_of(folder).with_name("tuesday.zip")
    names = {"monday.zip", "tuesday.zip"} if backup_of(folder).exists() else {"tuesday.zip"}
    state.back_up(home_of(folder), tuesday)
    assert {path.name for path in tuesday.parent.iterdir()} == names
    state.restore(restored_of(folder), tuesday)
    assert kept(restored_of(folder)) == KEPT


def prepare_to_restore(folder: Path) -> None:
    prepare(folder)
    back_up(folder)


def restore(folder: Path) -> None:
    state.restore(restored_of(folder), backup_of(folder))


def look_at_restored(folder: Path, end: End) -> None:
    is_there = restored_of(folder).root.exists()
    if is_there:
        assert kept(restored_of(folder)) == KEPT
    if end is not End.SILENT:
        assert end == (End.DONE if is_there else End.REFUSED), "it said what is not so"


def restore_again(folder: Path) -> None:
    home = restored_of(folder)
    if not home.root.exists():
        restore(folder)
    assert kept(home) == KEPT


BACKING_UP = Case(prepare, back_up, look, go_on)
RESTORING = Case(prepare_to_restore, restore, look_at_restored, restore_again)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("case", [BACKING_UP, RESTORING], ids=["backing_up", "restoring"])
def test_interrupted(tmp_path: Path, case: Case, fault: Fault) -> None:
    found = interruptions(case, tmp_path, fault)
    assert [each for each in found if each.problem] == []
    assert len(found) > 2
