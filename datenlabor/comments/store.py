"""The protocol of all comments: ``comments/protocol.jsonl``, to which lines are only ever added.

Several web processes write, one after the other (lock of the kernel); whoever is told that
something was saved finds it after a crash. Readers need no lock.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from datenlabor import json_lines
from datenlabor.comments.board import (
    Action,
    Board,
    Comment,
    CommentError,
    Content,
    Entry,
    Status,
    after,
    board_of,
)

PROTOCOL = "protocol.jsonl"
_LOCK = ".lock"
_PRIVATE_FOLDER = 0o700
_PRIVATE = 0o600
_CHANGED = "Inzwischen hat sich an dieser Fassung etwas geändert. Bitte sehen Sie sie neu an."


class CommentStore:
    """The comments of an installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> Board:
        """Return all comments by code. Raises CommentError if the protocol is damaged, OSError."""
        file = self._folder / PROTOCOL
        try:
            return board_of(map(Entry.from_json, json_lines.read(file)))
        except (ValueError, TypeError, KeyError, CommentError) as error:
            raise CommentError(
                f"Das Protokoll der Einordnungen ist beschädigt: {file} ({error}).",
                hint="Restore the file from a backup; nothing is changed meanwhile.",
            ) from error

    def begin(self, by: str, content: Content) -> Comment:
        """Save the first version of a new comment. Raises CommentError, OSError."""
        with self._locked():
            board = self.read()
            number = 1 + max((int(code[1:]) for code in board), default=0)
            return self._add(board, _entry(by, Action.SAVED, f"R{number:04}", 1, content=content))

    def record(  # noqa: PLR0913  who does what, to what, having seen what
        self,
        by: str,
        action: Action,
        code: str,
        version: int,
        *,
        seen: int,
        content: Content | None = None,
        reason: str | None = None,
    ) -> Comment:
        """Do something to a version of which ``by`` has seen the first ``seen`` entries.

        Raises:
            CommentError: it is not possible, or there are more entries than were seen.
            OSError: the disk refuses; nothing is done.

        """
        with self._locked():
            board = self.read()
            self._check_seen(board, code, version, seen)
            return self._add(
                board, _entry(by, action, code, version, content=content, reason=reason)
            )

    def withdraw(self, by: str, code: str, reason: str, *, seen: int) -> Comment:
        """Write a version that ends the comment and give it to review; raises as :meth:`record`."""
        with self._locked():
            board = self.read()
            comment = board.get(code)
            if comment is None or comment.last.status != Status.APPROVED:
                raise CommentError("Zurückziehen lässt sich nur, was veröffentlicht ist.")
            if comment.last.content.is_withdrawn:
                raise CommentError("Diese Einordnung ist schon zurückgezogen.")
            if not reason.strip():
                raise CommentError("Bitte schreiben Sie, warum die Einordnung enden soll.")
            number = comment.next_number
            self._check_seen(board, code, comment.last.number, seen)
            content = replace(comment.last.content, is_withdrawn=True)
            comment = self._add(board, _entry(by, Action.SAVED, code, number, content=content))
            submitted = _entry(by, Action.SUBMITTED, code, number, reason=reason.strip())
            return self._add({**board, code: comment}, submitted)

    def _check_seen(self, board: Board, code: str, number: int, seen: int) -> None:
        comment = board.get(code)
        version = comment.version(number) if comment else None
        if (len(version.history) if version else 0) != seen:
            raise CommentError(_CHANGED)

    def _add(self, board: Board, entry: Entry) -> Comment:
        comment = after(board, entry)
        json_lines.append(self._folder / PROTOCOL, entry.as_json(), mode=_PRIVATE)
        return comment

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the only writer; the kernel drops the lock when its holder ends, however it ends."""
        if not self._folder.is_dir():
            # Accounts are named here: others on the machine may not read them.
            self._folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
            _sync(self._folder.parent)
        is_new = not (self._folder / PROTOCOL).exists()
        with (self._folder / _LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
            if is_new:
                _sync(self._folder)


def _entry(  # noqa: PLR0913  the parts of a line
    by: str,
    action: Action,
    code: str,
    version: int,
    *,
    content: Content | None = None,
    reason: str | None = None,
) -> Entry:
    now = datetime.now(UTC).replace(microsecond=0)
    return Entry(now, by, action, code, version, content, reason)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
