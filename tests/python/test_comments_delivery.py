"""Approved comments become deliveries of the contract, each once; the form checks as it does."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_comments import CONTENT
from small_deliveries import small_city, small_home, write_city

from datenlabor import paths
from datenlabor.comments import store as comment_store
from datenlabor.comments.board import Action, Entry, board_of
from datenlabor.comments.checking import (
    AUDIENCES,
    KINDS,
    Choices,
    content_of,
    problems,
    tidy,
)
from datenlabor.comments.delivering import ingest_comments, rows
from datenlabor.comments.store import CommentStore
from datenlabor.deliveries import store
from datenlabor.deliveries.contract import contracts
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

CHOICES = Choices(
    areas={"05162024": "Neuss"},
    indicators={"population": "Einwohner"},
    industries={"C": "C Industrie"},
    periods={"2023": "2023"},
    author_roles={"Statistikstelle": "Statistikstelle"},
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(paths, "CITIES", tmp_path / "cities")
    write_city(tmp_path / "cities")
    return small_home(tmp_path)


def approve(home: Home, *, is_withdrawn: bool = False, text: str = CONTENT.text) -> None:
    """Bring a new version of the only comment through review."""
    comments = CommentStore(home.comments)
    board = comments.read()
    content = replace(CONTENT, text=text, is_withdrawn=is_withdrawn)
    if not board:
        comments.begin("anna", content)
        number = 1
    else:
        number = board["R0001"].next_number
        comments.record("anna", Action.SAVED, "R0001", number, seen=0, content=content)
    comments.record("anna", Action.SUBMITTED, "R0001", number, seen=1)
    comments.record("bernd", Action.APPROVED, "R0001", number, seen=2)


def delivered(home: Home) -> list[tuple[object, ...]]:
    """Return code, version, text and whether it ends, of the newest delivery."""
    file = store.deliveries(home)[-1].path / "comment.parquet"
    return duckdb.sql(
        f"select comment_code, version, text_de, is_withdrawn from '{file}' order by version"
    ).fetchall()


def test_without_comments_nothing_is_delivered(home: Home) -> None:
    ingest_comments(home, small_city())
    CommentStore(home.comments).begin("anna", CONTENT)
    ingest_comments(home, small_city())
    assert store.ids(home) == []


def test_what_is_unchanged_is_delivered_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(home)
    ingest_comments(home, small_city())
    CommentStore(home.comments).begin("anna", CONTENT)  # a draft is nobody's business
    ingest_comments(home, small_city())
    [delivery] = store.deliveries(home)
    assert (delivery.record.dataset, delivery.record.scope) == ("comment", "full")
    assert delivered(home) == [("R0001", 1, CONTENT.text, False)]
    later(monkeypatch)
    approve(home, text="Neu gefasst, und wieder lang genug für alle, die es lesen.")
    ingest_comments(home, small_city())
    assert [row[:2] for row in delivered(home)] == [("R0001", 1), ("R0001", 2)]
    assert len(store.deliveries(home)) == 2


def test_no_account_is_delivered(home: Home) -> None:
    approve(home)
    ingest_comments(home, small_city())
    [delivery] = store.deliveries(home)
    for file in delivery.path.rglob("*"):
        if file.is_file():
            assert not re.search(rb"anna|bernd", file.read_bytes()), file


def test_markup_is_refused_at_the_door(home: Home) -> None:
    approve(home, text="Nichts Böses. <img src=x onerror=alert(1)> Wirklich nichts Böses.")
    with pytest.raises(DatenlaborError, match=r"breaks rule pattern"):
        ingest_comments(home, small_city())
    assert store.ids(home) == []


def test_a_withdrawal_is_delivered_as_a_version(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(home)
    later(monkeypatch)
    approve(home, is_withdrawn=True)
    ingest_comments(home, small_city())
    assert [row[3] for row in delivered(home)] == [False, True]


def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be a day on which nothing has happened yet."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # one zone
            del tz
            return datetime(2099, 1, 2, 12, tzinfo=UTC)

    monkeypatch.setattr(comment_store, "datetime", Clock)


@given(st.lists(st.integers(0, 24 * 5), min_size=1, max_size=6))
def test_versions_follow_each_other_by_day(hours: list[int]) -> None:
    """Whatever the clock says: each day has one version, later ones have later days."""
    entries = []
    for number, hour in enumerate(hours, start=1):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
        for by, action in (
            ("anna", Action.SAVED),
            ("anna", Action.SUBMITTED),
            ("bernd", Action.APPROVED),
        ):
            content = CONTENT if action == Action.SAVED else None
            entries.append(Entry(at, by, action, "R0001", number, content))
    found = [(str(row["valid_from"]), int(row["version"])) for row in rows(board_of(entries))]
    assert found == sorted(found)
    assert len({day for day, _ in found}) == len(found)
    assert found[-1][1] == len(hours)


def test_the_form_offers_what_the_contract_allows() -> None:
    columns = {column.name: column for column in contracts()["comment"].columns}
    assert set(columns["kind"].codes) == set(KINDS)
    assert set(columns["audience"].codes) == set(AUDIENCES)
    assert set(next(rows(board_of(approved())))) == set(columns)


def approved() -> list[Entry]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [
        Entry(at, "anna", Action.SAVED, "R0001", 1, CONTENT),
        Entry(at, "anna", Action.SUBMITTED, "R0001", 1),
        Entry(at, "bernd", Action.APPROVED, "R0001", 1),
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"area_code": "99"}, "area_code"),
        ({"indicator_code": "secret"}, "indicator_code"),
        ({"indicator_code": None}, "indicator_code"),
        ({"industry_code": "X"}, "industry_code"),
        ({"period": "1900"}, "period"),
        ({"kind": "rumour"}, "kind"),
        ({"audience": "everybody"}, "audience"),
        ({"author_role": "Anna Muster"}, "author_role"),
        ({"title": "Kurz"}, "title"),
        ({"title": "Mit <b>Nachdruck</b>"}, "title"),
        ({"text": "x" * 501}, "text"),
        ({"text": "=HYPERLINK('http://example.org','Klick')  und noch mehr"}, "text"),
    ],
)
def test_what_the_form_refuses(change: dict[str, str | None], field: str) -> None:
    assert problems(CONTENT, CHOICES) == {}
    assert list(problems(replace(CONTENT, **change), CHOICES)) == [field]  # type: ignore[arg-type] # by name


def test_a_draft_may_lack_things_but_not_be_wrong() -> None:
    assert problems(content_of({}), CHOICES, is_draft=True) == {}
    assert set(problems(content_of({}), CHOICES)) >= {"area_code", "title", "text", "audience"}
    wrong = content_of({"kind": "rumour", "title": "<i>", "text": "x" * 501})
    assert set(problems(wrong, CHOICES, is_draft=True)) == {"kind", "title", "text"}


@given(st.text())
def test_a_text_is_one_visible_paragraph(text: str) -> None:
    tidied = tidy(text)
    assert tidied == tidied.strip()
    assert not re.search(r"[\x00-\x1f\x7f\u200b\u202e]|  ", tidied)
    assert tidy(tidied) == tidied
