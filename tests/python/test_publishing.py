"""Publishing: what is in a release, and how releases come and go."""

import json
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_warehouse import TABLES, hidden, publish, query, small_home

from datenlabor import publishing, warehouse
from datenlabor.audiences import AUDIENCES
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import build, store, workflow
from datenlabor.publishing.connection import READ_ONLY_CONFIG, open_read_only
from datenlabor.publishing.tables import Table


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_home(tmp_path)


def test_happy_path(home: Home) -> None:
    before = datetime.now(UTC)
    release = publish(home, inputs_fingerprint="abc")

    assert release == publishing.current_release(home) == publishing.releases(home)[0]
    assert release.is_current
    assert release.tables == {"fct": 1000, "dim 1": 2}
    assert release.inputs_fingerprint == "abc"
    assert before <= release.published_at <= datetime.now(UTC)
    assert query(home, "select count(*), sum(area) from protected.fct") == (
        duckdb.connect(str(home.warehouse), read_only=True)
        .execute("select count(*), sum(area) from protected.fct")
        .fetchall()
    )
    assert query(home, "from protected.release") == [
        (release.release_id, release.published_at.replace(tzinfo=None))
    ]
    record = json.loads((release.path / "release.json").read_text())
    assert record["files"].keys() == set(AUDIENCES)
    for audience, file in record["files"].items():
        assert file["tables"] == release.tables
        assert file["sha256"] == store.sha256_of(home.published_for(audience))
    assert datetime.fromisoformat(record["published_at"]).utcoffset() == timedelta(0)


def test_rows_lie_in_the_wished_order(home: Home) -> None:
    publish(home)
    assert query(
        home,
        "select count(*) from (select (indicator, area) < lag((indicator, area)) "
        "over (order by rowid) as is_wrong from protected.fct) where is_wrong",
    ) == [(0,)]
    assert query(home, 'select code from protected."dim 1"') == [("a",), ("b",)]


def test_nothing_but_the_named_protected_tables(home: Home) -> None:
    release = publish(home)
    assert query(home, "select schema_name, table_name from duckdb_tables() order by all") == [
        ("protected", "dim 1"),
        ("protected", "fct"),
        ("protected", "release"),
    ]
    assert query(home, "select view_name from duckdb_views() where not internal") == []
    assert query(home, "select distinct schema_name from duckdb_schemas() where not internal") in (
        [("protected",)],
        [("main",), ("protected",)],
        [("protected",), ("main",)],
    )
    assert b"company" not in release.file.read_bytes()
    assert b"old model" not in release.file.read_bytes()
    files = sorted(str(path.relative_to(release.path)) for path in release.path.rglob("*.*"))
    assert files == ["internal/datenlabor.duckdb", "public/datenlabor.duckdb", "release.json"]


def test_an_audience_gets_its_rows_and_its_tables(home: Home) -> None:
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(
            "create table protected.cells as from (values ('internal', 1), ('internal', 2), "
            "('public', 1), ('nobody', 9)) as cells (audience_code, cell)"
        )
    release = publishing.publish(
        home,
        tables={"fct": (), "cells": ("cell",)},
        protection=workflow.Protection(internal=["fct"]),
    )
    shown = {}
    for audience in AUDIENCES:
        with open_read_only(home.published_for(audience)) as connection:
            shown[audience] = connection.execute(
                "select distinct audience_code, cell from protected.cells order by all"
            ).fetchall()
    assert shown == {"internal": [("internal", 1), ("internal", 2)], "public": [("public", 1)]}
    assert {name: file.tables for name, file in release.files.items()} == {
        "internal": {"fct": 1000, "cells": 2},
        "public": {"cells": 1},
    }


def test_types_not_null_and_comments_are_kept(home: Home) -> None:
    publish(home)
    assert query(
        home,
        "select column_name, data_type, is_nullable, comment from duckdb_columns() "
        "where table_name in ('fct', 'dim 1') order by table_name, column_index",
    ) == [
        ("code", "VARCHAR", False, None),
        ("kind", "ENUM('a', 'b')", False, None),
        ("at", "TIMESTAMP", True, None),
        ('Ü "x', "DOUBLE", True, None),
        ("indicator", "VARCHAR", False, None),
        ("area", "INTEGER", False, None),
        ("share", "DECIMAL(9,4)", True, "Anteil ≤ 1"),
    ]
    assert query(home, "select comment from duckdb_tables() where table_name = 'fct'") == [
        ("Werte; it's safe",)
    ]


def test_modes_and_link(home: Home) -> None:
    release = publish(home)
    for path in release.path.rglob("*.*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert home.current.readlink() == Path(release.release_id)


def test_readers_cannot_leave_the_file(home: Home) -> None:
    publish(home)
    assert READ_ONLY_CONFIG["enable_external_access"] == "false"
    for sql in (
        "from read_csv('/etc/passwd')",
        "attach 'x.duckdb'",
        "copy protected.fct to 'x.csv'",
        "set enable_external_access = true",
        "delete from protected.fct",
    ):
        with pytest.raises(duckdb.Error):
            query(home, sql)


def test_retention_keeps_the_newest_and_the_current(home: Home) -> None:
    published = [publish(home, keep=3).release_id for _ in range(5)]
    assert [r.release_id for r in publishing.releases(home)] == published[:1:-1]
    publishing.rollback(home, published[2])
    newest = publish(home, keep=2)
    assert [r.release_id for r in publishing.releases(home)] == [
        newest.release_id,
        published[4],
        published[2],  # was current: a reader may just be opening it
    ]
    assert hidden(home) == []
    with pytest.raises(DatenlaborError, match="too few"):
        publish(home, keep=1)


def test_rollback_and_back(home: Home) -> None:
    a, b, c = (publish(home).release_id for _ in range(3))
    assert publishing.rollback(home).release_id == b
    assert publishing.rollback(home).release_id == a
    with pytest.raises(DatenlaborError, match="no earlier release"):
        publishing.rollback(home)
    assert publishing.rollback(home, c).is_current
    assert query(home, "select release_id from protected.release") == [(c,)]
    publishing.rollback(home, b)
    publish(home)
    assert publishing.rollback(home).release_id == b  # not c, which had been withdrawn


@pytest.mark.parametrize("target", ["20200101T000000Z", "../evil", "", "current", ".lock"])
def test_rollback_to_unknown(home: Home, target: str) -> None:
    current = publish(home).release_id
    with pytest.raises(DatenlaborError, match=r"no release|no earlier"):
        publishing.rollback(home, target)
    assert store.current_id(home) == current


def test_rollback_to_the_current(home: Home) -> None:
    release = publish(home)
    with pytest.raises(DatenlaborError, match="already current"):
        publishing.rollback(home, release.release_id)


def _flip_byte(release: publishing.Release) -> None:
    release.file.chmod(0o644)
    content = bytearray(release.file.read_bytes())
    content[len(content) // 2] ^= 1
    release.file.write_bytes(content)


def _break_record(release: publishing.Release) -> None:
    record = release.path / "release.json"
    record.chmod(0o644)
    record.write_text("{")


@pytest.mark.parametrize("damage", [_flip_byte, _break_record, lambda r: r.file.unlink()])
def test_rollback_to_damaged(home: Home, damage: Callable[[publishing.Release], None]) -> None:
    damage(publish(home))
    current = publish(home).release_id
    with pytest.raises(DatenlaborError, match="damaged"):
        publishing.rollback(home)
    assert store.current_id(home) == current
    publish(home)


def test_unusable_warehouses(home: Home, tmp_path: Path) -> None:
    old = publish(home).release_id
    good = home.warehouse.rename(tmp_path / "good")
    with pytest.raises(DatenlaborError, match="missing"):
        publish(home)
    duckdb.connect(str(home.warehouse)).close()
    with pytest.raises(DatenlaborError, match=r"lacks protected\.dim 1, protected\.fct"):
        publish(home)
    home.warehouse.write_bytes(b"no database" * 1000)
    with pytest.raises(DatenlaborError, match="cannot be opened"):
        publish(home)
    good.replace(home.warehouse)
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(DatenlaborError, match="cannot be opened"):
            publish(home)
        writer.kill()
    with (
        duckdb.connect(str(home.warehouse)),
        pytest.raises(DatenlaborError, match="cannot be opened"),
    ):
        publish(home)
    assert store.current_id(home) == old
    publish(home)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ({}, "No table"),
        ({"fct": (), "gone": ()}, r"lacks protected\.gone"),
        ({"a_view": ()}, "only as a view"),
        ({"fct": ("colour",)}, "ordered by colour"),
        ({"release": ()}, "writes that table itself"),
    ],
)
def test_wrong_tables(home: Home, tables: dict[str, tuple[str, ...]], message: str) -> None:
    with pytest.raises(DatenlaborError, match=message):
        publishing.publish(home, tables=tables)
    assert publishing.current_release(home) is None
    assert publishing.releases(home) == []


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("create schema x", "schema x"),
        ("create table t (i int)", r"table main\.t"),
        ("create table protected.t (i int)", "unexpected table t"),
        ("create view protected.v as select 1", "view v"),
        ("create macro m(a) as a", "macro m"),
        ("create type y as enum ('a')", "type y"),
        ("create sequence s", "sequence s"),
        ("create index i on protected.fct (area)", "index i"),
        ("drop table protected.fct", "missing table fct"),
        ("drop table protected.release", "missing table release"),
        ("delete from protected.fct where rowid = 0", "999 rows, not 1000"),
        ("alter table protected.fct alter area drop not null", "fct differs"),
        ("comment on table protected.fct is null", "fct differs"),
    ],
)
def test_check_finds(home: Home, monkeypatch: pytest.MonkeyPatch, sql: str, message: str) -> None:
    old = publish(home).release_id

    def spoil_and_check(file: Path, expected: Mapping[str, Table]) -> None:
        with duckdb.connect(str(file)) as connection:
            connection.execute(sql)
        build.check_file(file, expected)

    monkeypatch.setattr(workflow, "check_file", spoil_and_check)
    with pytest.raises(DatenlaborError, match=message):
        publish(home)
    assert store.current_id(home) == old


def test_check_finds_a_stray_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil_and_check(file: Path, expected: Mapping[str, Table]) -> None:
        file.with_suffix(".duckdb.wal").touch()
        build.check_file(file, expected)

    monkeypatch.setattr(workflow, "check_file", spoil_and_check)
    with pytest.raises(DatenlaborError, match=r"files beside it: datenlabor\.duckdb\.wal"):
        publish(home)


def test_current_is_no_link(home: Home) -> None:
    home.current.mkdir(parents=True)
    with pytest.raises(DatenlaborError, match="is not a link"):
        publish(home)
    with pytest.raises(DatenlaborError, match="is not a link"):
        publishing.current_release(home)


def test_no_release_yet(tmp_path: Path) -> None:
    home = Home(tmp_path / "nothing")
    assert publishing.releases(home) == []
    assert publishing.current_release(home) is None
    with pytest.raises(DatenlaborError, match="no earlier release"):
        publishing.rollback(home)


@given(
    moments=st.lists(
        st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 1, 0, 0, 3)),  # noqa: DTZ001  bounds must be naive
        min_size=1,
        max_size=150,
    )
)
def test_ids_are_unique_and_sorted_whatever_the_clock(moments: list[datetime]) -> None:
    taken: list[str] = []
    for moment in moments:
        taken.append(store.next_id(moment, taken))
    assert len(set(taken)) == len(taken)
    assert sorted(taken, key=store.order_of) == taken
    assert taken[0] == f"{moments[0]:%Y%m%dT%H%M%SZ}"


def test_a_warehouse_that_is_another_build_is_refused(home: Home) -> None:
    first = publish(home, inputs_fingerprint="abc")
    warehouse.unmark(home)
    with pytest.raises(DatenlaborError, match="changed after it had been built"):
        publishing.publish(home, tables=TABLES, inputs_fingerprint="abc")
    assert store.current_id(home) == first.release_id
