"""Which comments stand in which part of the list, what is to be done first."""

from collections.abc import Iterable
from dataclasses import dataclass

from datenlabor.comments.board import Comment, Status, Version


@dataclass(frozen=True)
class Row:
    """A comment in the list, with the version it is listed for."""

    comment: Comment
    version: Version


def sections(comments: Iterable[Comment], account: str) -> dict[str, list[Row]]:
    """Return the rows of each part, by its German title, in the order of the comments.

    Grain of a row: comment x open version, and comment x version that was approved last.
    """
    found: dict[str, list[Row]] = {
        "Bitte prüfen": [],
        "Ihre Entwürfe": [],
        "Von Ihnen, in Prüfung": [],
        "Entwürfe anderer": [],
        "Geprüft": [],
        "Zurückgezogen": [],
        "Verworfen": [],
    }
    for comment in comments:
        last, is_own = comment.last, account in comment.last.authors
        if last.status == Status.WAITING:
            title = "Von Ihnen, in Prüfung" if is_own else "Bitte prüfen"
            found[title].append(Row(comment, last))
        elif last.status == Status.DRAFT:
            title = "Ihre Entwürfe" if is_own else "Entwürfe anderer"
            found[title].append(Row(comment, last))
        elif last.status == Status.DISCARDED and not comment.approved:
            found["Verworfen"].append(Row(comment, last))
        if comment.approved:
            title = "Zurückgezogen" if comment.approved[-1].content.is_withdrawn else "Geprüft"
            found[title].append(Row(comment, comment.approved[-1]))
    return found
