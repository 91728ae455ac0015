"""Saving a comment, killed at every step, and on a disk that is full or read-only from there."""

from pathlib import Path

import pytest
from interrupted import Case, interruptions
from small_comments import CONTENT
from traced import End, Fault

from datenlabor.comments.board import Action, Status
from datenlabor.comments.store import CommentStore


def store(folder: Path) -> CommentStore:
    return CommentStore(folder / "comments")


def save_first(folder: Path) -> None:
    """The folder and the protocol are made by it."""
    store(folder).begin("anna", CONTENT)


def look_at_first(folder: Path, end: End) -> None:
    found = store(folder).read()
    if end is not End.SILENT:
        assert end == (End.DONE if found else End.REFUSED), "it said what is not so"


def save_second(folder: Path) -> None:
    count = len(store(folder).read())
    save_first(folder)
    assert len(store(folder).read()) == count + 1
    assert (folder / "comments").stat().st_mode & 0o777 == 0o700


def submit(folder: Path) -> None:
    save_first(folder)
    store(folder).record("anna", Action.SUBMITTED, "R0001", 1, seen=1)


def approve(folder: Path) -> None:
    store(folder).record("bernd", Action.APPROVED, "R0001", 1, seen=2)


def look_at_approved(folder: Path, end: End) -> None:
    status = store(folder).read()["R0001"].last.status
    assert status in {Status.WAITING, Status.APPROVED}
    if end is not End.SILENT:
        is_done = status == Status.APPROVED
        assert end == (End.DONE if is_done else End.REFUSED), "it said what is not so"


def approve_again(folder: Path) -> None:
    if store(folder).read()["R0001"].last.status == Status.WAITING:
        approve(folder)
    save_second(folder)


SAVING = Case(Path.exists, save_first, look_at_first, save_second)
APPROVING = Case(submit, approve, look_at_approved, approve_again)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("case", [SAVING, APPROVING], ids=["saving", "approving"])
def test_interrupted(tmp_path: Path, case: Case, fault: Fault) -> None:
    found = interruptions(case, tmp_path, fault)
    assert [each for each in found if each.problem] == []
    assert found
