"""Approved comments become an ordinary delivery, as the registers of a city do."""

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from datenlabor.city import City
from datenlabor.comments.board import Board, Comment, Content, Version
from datenlabor.comments.store import CommentStore
from datenlabor.deliveries import supplied
from datenlabor.deliveries.deliver import Request
from datenlabor.deliveries.ingest import ingest_configuration
from datenlabor.deliveries.registers import register_spec
from datenlabor.paths import Home

_SERIES = "form"
_TITLE = "Einordnungen der Redaktion"
_COLUMNS = (
    *("comment_code", "version", "valid_from", "kind", "area_code", "industry_code"),
    *("indicator_code", "period", "author_role", "title_de", "text_de", "audience"),
    "is_withdrawn",
)
_BERLIN = ZoneInfo("Europe/Berlin")


def ingest_comments(home: Home, city: City) -> None:
    """Deliver the approved comments of the form, as far as there are new ones.

    Raises:
        DatenlaborError: the protocol is damaged, or a comment has a code nobody knows any more.
        OSError: the disk refuses.

    """
    found = list(rows(CommentStore(home.comments).read()))
    if not found:
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "comment.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, _COLUMNS)
            writer.writeheader()
            writer.writerows(found)
        spec = register_spec(city, file, _SERIES, _TITLE)
        request = Request(file, spec, is_configuration=True, supplied=supplied.deliveries(city))
        ingest_configuration(home, [request])


def rows(board: Board) -> Iterator[dict[str, str | int]]:
    """Yield the rows of the contract ``comment``; its day is that of the approval.

    Grain: comment x version. Of versions approved on one day only the last is delivered: the
    others held for no day, as with all histories here.
    """
    for code in sorted(board):
        for day, number, content in _held(board[code]):
            values = asdict(content)
            yield {
                "comment_code": code,
                "version": number,
                "valid_from": day.isoformat(),
                "title_de": values.pop("title"),
                "text_de": values.pop("text"),
                **{name: value or "" for name, value in values.items()},
                "is_withdrawn": str(content.is_withdrawn).lower(),
            }


def _held(comment: Comment) -> Iterator[tuple[date, int, Content]]:
    """Yield the versions that held on at least one day, oldest first, with the first day."""
    by_day: dict[date, Version] = {}
    for version in comment.approved:
        approved_at = version.history[-1].at
        # A clock set back must not let a version begin before the one it follows.
        by_day[max([approved_at.astimezone(_BERLIN).date(), *by_day])] = version
    for day, version in by_day.items():
        yield day, version.number, version.content
