"""Comments: who may do what, that nothing is lost, that nobody reviews what he wrote."""

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_comments import CONTENT

from datenlabor.comments.board import Action, Board, Comment, CommentError, Status
from datenlabor.comments.store import PROTOCOL, CommentStore

ANNA, BERND, CLARA = "anna", "bernd", "clara"


@pytest.fixture
def store(tmp_path: Path) -> CommentStore:
    return CommentStore(tmp_path / "comments")


def act(store: CommentStore, by: str, action: Action, reason: str | None = None) -> Comment:
    """Do something to the only comment's last version, as somebody who has just seen it."""
    [comment] = store.read().values()
    last = comment.last
    seen = len(last.history)
    return store.record(by, action, comment.code, last.number, seen=seen, reason=reason)


def write(store: CommentStore, by: str, text: str) -> Comment:
    [comment] = store.read().values()
    number = comment.next_number
    former = comment.version(number)
    return store.record(
        by,
        Action.SAVED,
        comment.code,
        number,
        seen=len(former.history) if former else 0,
        content=replace(CONTENT, text=text),
    )


def publish(store: CommentStore) -> Comment:
    store.begin(ANNA, CONTENT)
    act(store, ANNA, Action.SUBMITTED)
    return act(store, BERND, Action.APPROVED)


def test_a_comment_is_written_returned_changed_and_approved(store: CommentStore) -> None:
    assert store.begin(ANNA, CONTENT).code == "R0001"
    act(store, ANNA, Action.SUBMITTED)
    assert act(store, BERND, Action.RETURNED, "Zu lang.").last.returned_because == "Zu lang."
    write(store, ANNA, "Kürzer.")
    act(store, ANNA, Action.SUBMITTED)
    comment = act(store, BERND, Action.APPROVED)
    assert comment.last.status == Status.APPROVED
    assert comment.last.content.text == "Kürzer."
    assert [entry.by for entry in comment.last.history] == [ANNA, ANNA, BERND, ANNA, ANNA, BERND]
    assert store.begin(BERND, CONTENT).code == "R0002"


def test_a_change_is_a_new_version_and_the_former_stays(store: CommentStore) -> None:
    publish(store)
    comment = write(store, BERND, "Neu gefasst.")
    assert [version.number for version in comment.versions] == [1, 2]
    assert comment.approved[-1].content == CONTENT
    act(store, BERND, Action.SUBMITTED)
    with pytest.raises(CommentError, match="eigenen Text"):
        act(store, BERND, Action.APPROVED)
    assert act(store, ANNA, Action.APPROVED).approved[-1].content.text == "Neu gefasst."


def test_a_withdrawal_is_a_version_that_is_reviewed(store: CommentStore) -> None:
    publish(store)
    with pytest.raises(CommentError, match="warum"):
        store.withdraw(ANNA, "R0001", "  ", seen=3)
    comment = store.withdraw(ANNA, "R0001", "Überholt.", seen=3)
    assert (comment.last.status, comment.last.content.is_withdrawn) == (Status.WAITING, True)
    with pytest.raises(CommentError, match="eigenen Text"):
        act(store, ANNA, Action.APPROVED)
    assert act(store, BERND, Action.APPROVED).last.content.is_withdrawn
    with pytest.raises(CommentError, match="schon zurückgezogen"):
        store.withdraw(ANNA, "R0001", "Noch einmal.", seen=3)


def test_a_discarded_draft_is_written_anew_by_anybody(store: CommentStore) -> None:
    store.begin(ANNA, CONTENT)
    act(store, BERND, Action.DISCARDED)
    write(store, BERND, "Von vorn.")
    act(store, BERND, Action.SUBMITTED)
    assert act(store, ANNA, Action.APPROVED).approved[0].number == 1


@pytest.mark.parametrize(
    ("before", "by", "action", "reason"),
    [
        ([], BERND, Action.SUBMITTED, "wer ihn geschrieben hat"),
        ([], BERND, Action.APPROVED, "nicht mehr möglich"),
        ([Action.SUBMITTED], ANNA, Action.APPROVED, "eigenen Text"),
        ([Action.SUBMITTED], ANNA, Action.RETURNED, "eigenen Text"),
        ([Action.SUBMITTED], BERND, Action.RETURNED, "was zu ändern ist"),
        ([Action.SUBMITTED], ANNA, Action.DISCARDED, "nicht mehr möglich"),
        ([Action.SUBMITTED, Action.APPROVED], BERND, Action.APPROVED, "nicht mehr möglich"),
    ],
)
def test_what_is_refused(
    store: CommentStore, before: list[Action], by: str, action: Action, reason: str
) -> None:
    store.begin(ANNA, CONTENT)
    for step in before:
        act(store, ANNA if step == Action.SUBMITTED else BERND, step)
    as_before = store.read()
    with pytest.raises(CommentError, match=reason):
        act(store, by, action)
    assert store.read() == as_before


def test_a_draft_is_changed_by_its_author_only(store: CommentStore) -> None:
    store.begin(ANNA, CONTENT)
    with pytest.raises(CommentError, match="jemand anderes"):
        write(store, BERND, "Fremd.")
    act(store, ANNA, Action.SUBMITTED)
    with pytest.raises(CommentError, match="nicht mehr geändert"):
        store.record(ANNA, Action.SAVED, "R0001", 1, seen=2, content=CONTENT)


def test_nobody_approves_what_he_has_not_seen(store: CommentStore) -> None:
    store.begin(ANNA, CONTENT)
    act(store, ANNA, Action.SUBMITTED)
    act(store, BERND, Action.RETURNED, "Anders.")
    write(store, ANNA, "Ganz anders.")
    act(store, ANNA, Action.SUBMITTED)
    with pytest.raises(CommentError, match="Inzwischen"):
        store.record(CLARA, Action.APPROVED, "R0001", 1, seen=2)


def test_many_writers_at_once_lose_nothing(store: CommentStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        texts = [f"Text {number}" for number in range(40)]
        codes = list(pool.map(lambda t: store.begin(ANNA, replace(CONTENT, text=t)).code, texts))
    board = store.read()
    assert {code: board[code].last.content.text for code in codes} == dict(
        zip(codes, texts, strict=True)
    )
    assert len(board) == 40


def test_of_two_reviews_one_counts(store: CommentStore) -> None:
    store.begin(ANNA, CONTENT)
    act(store, ANNA, Action.SUBMITTED)

    def approve(by: str) -> bool:
        try:
            store.record(by, Action.APPROVED, "R0001", 1, seen=2)
        except CommentError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(approve, [BERND, CLARA])) == [False, True]


def test_others_on_the_machine_read_no_accounts(store: CommentStore, tmp_path: Path) -> None:
    store.begin(ANNA, CONTENT)
    folder = tmp_path / "comments"
    assert (folder.stat().st_mode & 0o077, (folder / PROTOCOL).stat().st_mode & 0o077) == (0, 0)


def test_a_full_disk_leaves_everything_as_it_was(
    store: CommentStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.begin(ANNA, CONTENT)
    before = store.read()

    room, write_some = [20], os.write

    def nearly_full(descriptor: int, content: bytes) -> int:
        if not room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write_some(descriptor, content[: room.pop()])

    monkeypatch.setattr(os, "write", nearly_full)
    with pytest.raises(OSError, match="No space"):
        act(store, ANNA, Action.SUBMITTED)
    monkeypatch.undo()
    assert not (tmp_path / "comments" / PROTOCOL).read_bytes().endswith(b"\n")
    assert store.read() == before
    assert act(store, ANNA, Action.SUBMITTED).last.status == Status.WAITING


def test_a_lost_line_is_noticed(store: CommentStore, tmp_path: Path) -> None:
    publish(store)
    file = tmp_path / "comments" / PROTOCOL
    lines = file.read_text("utf-8").splitlines(keepends=True)
    file.write_text("".join([lines[0], lines[2]]), "utf-8")
    with pytest.raises(CommentError, match="beschädigt"):
        store.read()


STEPS = st.lists(
    st.tuples(st.sampled_from([ANNA, BERND, CLARA]), st.sampled_from([*Action, "withdraw"])),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.data())
def test_whatever_people_try(steps: list[tuple[str, str]], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        store = CommentStore(Path(folder) / "comments")
        store.begin(ANNA, CONTENT)
        known: list[Board] = [store.read()]
        for number, (by, action) in enumerate(steps):
            try_to(store, by, action, f"Text {number}")
            board = store.read()
            check(known[-1], board)
            known.append(board)
        # A crash at any byte: what was confirmed before is there, and work goes on.
        file = Path(folder) / "comments" / PROTOCOL
        whole = file.read_bytes()
        cut = data.draw(st.integers(whole.index(b"\n") + 1, len(whole)))
        file.write_bytes(whole[:cut])
        complete = whole[:cut].count(b"\n") + (cut < len(whole) and whole[cut : cut + 1] == b"\n")
        entries = [e for c in store.read().values() for v in c.versions for e in v.history]
        assert len(entries) == complete
        store.begin(CLARA, CONTENT)
        assert sum(1 for line in file.read_bytes().splitlines() if is_json(line)) == complete + 1


def try_to(store: CommentStore, by: str, action: str, text: str) -> None:
    with suppress(CommentError):
        if action == "withdraw":
            seen = len(store.read()["R0001"].last.history)
            store.withdraw(by, "R0001", text, seen=seen)
        elif action == Action.SAVED:
            write(store, by, text)
        else:
            act(store, by, Action(action), text)


def check(before: Board, after: Board) -> None:
    old, new = before["R0001"], after["R0001"]
    assert [version.number for version in new.versions] == list(range(1, len(new.versions) + 1))
    for version in new.approved:
        assert version.history[-1].by not in version.authors
    # What is approved stays as it is.
    assert new.approved[: len(old.approved)] == old.approved
    # Nothing that happened is ever forgotten.
    for former, version in zip(old.versions, new.versions, strict=False):
        assert version.history[: len(former.history)] == former.history


def is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True
