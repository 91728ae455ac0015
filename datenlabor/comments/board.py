"""What becomes of a comment: written, reviewed by somebody else, published, followed by a version.

The state is never stored. It follows from the entries of a protocol, each of which says who did
what to which version; one rule says which entry may come next.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

from datenlabor.errors import DatenlaborError


class Action(StrEnum):
    """What can be done to a version."""

    SAVED = "saved"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    DISCARDED = "discarded"


class Status(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    APPROVED = "approved"
    DISCARDED = "discarded"


_RESULTS = {
    Action.SAVED: Status.DRAFT,
    Action.SUBMITTED: Status.WAITING,
    Action.RETURNED: Status.DRAFT,
    Action.APPROVED: Status.APPROVED,
    Action.DISCARDED: Status.DISCARDED,
}


class CommentError(DatenlaborError):
    """Why something cannot be done, in German: editors read it."""


@dataclass(frozen=True)
class Content:
    """What a version says; codes are those of the contract ``comment``."""

    area_code: str
    kind: str
    audience: str
    author_role: str
    title: str
    text: str
    indicator_code: str | None = None
    industry_code: str | None = None
    period: str | None = None
    is_withdrawn: bool = False
    """Whether this version ends the comment: from then on it is not shown."""


@dataclass(frozen=True)
class Entry:
    """One line of the protocol."""

    at: datetime
    """UTC."""
    by: str
    """Account; never published."""
    action: Action
    comment_code: str
    version: int
    content: Content | None = None
    """What was saved."""
    reason: str | None = None
    """Why it was returned, or is to be withdrawn."""

    def as_json(self) -> dict[str, Any]:
        """Return the entry as values of JSON, without what is empty."""
        values = asdict(self) | {"at": self.at.astimezone(UTC).isoformat()}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """Read an entry. Raises ValueError, TypeError or KeyError if it is none."""
        content = values.get("content")
        return cls(
            at=datetime.fromisoformat(values["at"]),
            by=str(values["by"]),
            action=Action(values["action"]),
            comment_code=str(values["comment_code"]),
            version=int(values["version"]),
            content=None if content is None else Content(**content),
            reason=values.get("reason"),
        )


@dataclass(frozen=True)
class Version:
    """A version of a comment with its protocol."""

    number: int
    content: Content
    status: Status
    authors: frozenset[str]
    """Accounts that wrote what it says."""
    history: tuple[Entry, ...] = field(repr=False)

    @property
    def returned_because(self) -> str | None:
        """Why a draft came back, None if it did not."""
        reasons = [entry.reason for entry in self.history if entry.action == Action.RETURNED]
        return reasons[-1] if reasons and self.status == Status.DRAFT else None

    @property
    def approved_at(self) -> datetime | None:
        """When it was approved (UTC)."""
        last = self.history[-1]
        return last.at if last.action == Action.APPROVED else None


@dataclass(frozen=True)
class Comment:
    """A comment with all its versions, oldest first; only the last can be open."""

    code: str
    versions: tuple[Version, ...]

    @property
    def last(self) -> Version:
        """The newest version, whatever its status."""
        return self.versions[-1]

    @property
    def approved(self) -> tuple[Version, ...]:
        """The versions that are delivered, oldest first."""
        return tuple(found for found in self.versions if found.status == Status.APPROVED)

    @property
    def next_number(self) -> int:
        """Number of the version that can be written now; a discarded one is written anew."""
        is_open = self.last.status in (Status.DRAFT, Status.DISCARDED)
        return self.last.number if is_open else self.last.number + 1

    def version(self, number: int) -> Version | None:
        """Return the version of a number."""
        return next((found for found in self.versions if found.number == number), None)


Board = Mapping[str, Comment]
"""All comments by code."""


def board_of(entries: Iterable[Entry]) -> dict[str, Comment]:
    """Return what the entries, oldest first, have made. Raises CommentError if one cannot be."""
    board: dict[str, Comment] = {}
    for entry in entries:
        board[entry.comment_code] = after(board, entry)
    return board


def after(board: Board, entry: Entry) -> Comment:
    """Return the comment as the entry leaves it.

    Raises:
        CommentError: the entry may not follow on what there is.

    """
    comment = board.get(entry.comment_code)
    former = comment.version(entry.version) if comment else None
    _check(comment, former, entry)
    is_fresh = former is None or former.status == Status.DISCARDED
    authors = frozenset() if is_fresh or former is None else former.authors
    content = entry.content or (former.content if former else None)
    if content is None:
        raise CommentError("Diese Fassung gibt es nicht.")
    version = Version(
        number=entry.version,
        content=content,
        status=_RESULTS[entry.action],
        authors=authors | {entry.by} if entry.action == Action.SAVED else authors,
        history=(*(former.history if former else ()), entry),
    )
    others = tuple(v for v in (comment.versions if comment else ()) if v.number != entry.version)
    return Comment(entry.comment_code, (*others, version))


def _check(comment: Comment | None, former: Version | None, entry: Entry) -> None:
    status = former.status if former else None
    authors = former.authors if former else frozenset()
    if entry.action == Action.SAVED:
        if entry.version != (comment.next_number if comment else 1):
            raise CommentError("Diese Fassung kann nicht mehr geändert werden.")
        if status == Status.DRAFT and entry.by not in authors:
            raise CommentError("Diesen Entwurf schreibt gerade jemand anderes.")
        if entry.content is None:
            raise CommentError("Es fehlt, was gespeichert werden soll.")
        return
    if entry.content is not None:
        raise CommentError("Geändert wird ein Text nur, indem er gespeichert wird.")
    wanted = (
        Status.DRAFT if entry.action in (Action.SUBMITTED, Action.DISCARDED) else Status.WAITING
    )
    if status != wanted:
        raise CommentError("Das ist bei dieser Fassung nicht mehr möglich.")
    if entry.action == Action.SUBMITTED and entry.by not in authors:
        raise CommentError("Zur Prüfung gibt einen Entwurf, wer ihn geschrieben hat.")
    if entry.action in (Action.RETURNED, Action.APPROVED) and entry.by in authors:
        raise CommentError("Den eigenen Text prüft jemand anderes.")
    if entry.action == Action.RETURNED and not (entry.reason or "").strip():
        raise CommentError("Bitte schreiben Sie, was zu ändern ist.")
