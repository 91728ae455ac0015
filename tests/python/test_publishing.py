"""Publishing: what is in a release, and that no failure changes what readers see."""

import errno
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datenlabor import publishing
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import build, commands, store, workflow
from datenlabor.publishing.connection import READ_ONLY_CONFIG, open_read_only
from datenlabor.publishing.tables import Table

TABLES = {"fct": ("indicator", "area"), "dim 1": ("code",)}
ROWS = 300_000


WAREHOUSE = """
drop schema if exists protected cascade;
create schema protected;
create schema if not exists marts;
create or replace table marts.secret as select 'company' as name;
create table protected.fct (
    indicator varchar not null,
    area integer not null,
    share decimal(9, 4)
);
insert into protected.fct
select 'i' || (i * 7919 % 97), i * 104729 % 1009, i % 1000 / 3
from range(getvariable('rows')) t(i);
create table protected."dim 1" (
    code varchar primary key,
    kind enum ('a', 'b') not null,
    "at" timestamp,
    "Ü ""x" double
);
insert into protected."dim 1" values ('b', 'a', now()::timestamp, 1), ('a', 'b', null, 2);
comment on table protected.fct is 'Werte; it''s safe';
comment on column protected.fct.share is 'Anteil ≤ 1';
create table protected.left_over as select 'old model' as name;
create view protected.a_view as select * from marts.secret;
"""


def write_warehouse(home: Home, rows: int = ROWS) -> None:
    home.root.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(f"set variable rows = {rows}")
        connection.execute(WAREHOUSE)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    write_warehouse(home, rows=1000)
    return home


def publish(
    home: Home, *, keep: int = 5, inputs_fingerprint: str | None = None
) -> publishing.Release:
    return publishing.publish(home, tables=TABLES, keep=keep, inputs_fingerprint=inputs_fingerprint)


def query(home: Home, sql: str) -> list[tuple[Any, ...]]:
    with open_read_only(home.published) as connection:
        return connection.execute(sql).fetchall()


def hidden(home: Home) -> list[str]:
    """Whatever lies in the folder beside releases, the link and the lock."""
    return sorted(
        path.name
        for path in home.releases.iterdir()
        if path.name.startswith(".") and path.name != ".lock"
    )


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
    assert record["tables"] == release.tables
    assert record["sha256"] == store.sha256_of(home.published)
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
    assert sorted(path.name for path in release.path.iterdir()) == [
        "datenlabor.duckdb",
        "release.json",
    ]


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
    for path in release.path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert home.current.readlink() == Path(release.release_id)


def test_readers_cannot_leave_the_file(home: Home) -> None:
    publish(home)
    assert READ_ONLY_CONFIG["enable_external_access"] == "false"
    for sql in (
        "from read_csv('/etc/passwd')",
        "attach '/tmp/x.duckdb'",
        "copy protected.fct to '/tmp/x.csv'",
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


STEPS = [
    "duckdb.connect",
    "os.fsync",
    "os.mkdir",
    "os.rename",
    "os.replace",
    "os.symlink",
    "os.chmod",
    "pathlib.Path.write_text",
    "datenlabor.publishing.build.read_tables",
    "datenlabor.publishing.build.copy_statements",
    "datenlabor.publishing.build._write_state",
    "datenlabor.publishing.build.open_read_only",
    "datenlabor.publishing.workflow.build_file",
    "datenlabor.publishing.workflow.check_file",
    "datenlabor.publishing.store.announce",
    "datenlabor.publishing.store.sha256_of",
    "datenlabor.publishing.store.write_record",
    "datenlabor.publishing.store.sync",
    "datenlabor.publishing.store.swap",
]
DISK_FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
FAULTS = [
    *((step, fault) for step in STEPS for fault in (DISK_FULL, KeyError())),
    ("datenlabor.publishing.workflow.build_file", duckdb.IOException("no")),
    ("datenlabor.publishing.workflow.check_file", duckdb.IOException("no")),
]


@pytest.mark.parametrize(("step", "fault"), FAULTS)
def test_failing_step_leaves_current(
    home: Home, monkeypatch: pytest.MonkeyPatch, step: str, fault: Exception
) -> None:
    old = publish(home)

    def fail(*_args: object, **_options: object) -> None:
        raise fault

    with monkeypatch.context() as patch:
        patch.setattr(step, fail)
        if isinstance(fault, KeyError):  # a bug in this program: passes as it is, harms as little
            with pytest.raises(KeyError):
                publish(home)
        else:
            with pytest.raises(DatenlaborError, match="Readers still see") as caught:
                publish(home)
            assert ("disk is full" in caught.value.hint) == isinstance(fault, OSError)
    assert store.current_id(home) == old.release_id
    assert query(home, "select release_id from protected.release") == [(old.release_id,)]
    assert [r.release_id for r in publishing.releases(home)] == [old.release_id]
    publish(home)
    assert hidden(home) == []
    assert len(publishing.releases(home)) == 2


def test_failing_to_delete_an_old_release_does_not_undo(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        publish(home, keep=2)

    def fail(*_args: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(store, "remove", fail)
        assert publish(home, keep=2) == publishing.current_release(home)
    publish(home, keep=2)
    assert len(publishing.releases(home)) == 2


PUBLISH = """
import importlib, os, resource, signal, sys
from pathlib import Path
from datenlabor import publishing
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

def prepare():
    {prepare}

prepare()
print("ready", flush=True)
try:
    publishing.publish(
        Home(Path(sys.argv[1])), tables={{"fct": ("indicator", "area"), "dim 1": ("code",)}}
    )
except DatenlaborError as error:
    sys.exit("refused: " + str(error))
"""
DIE = """
    owner, _, function = sys.argv[2].rpartition(".")
    module = importlib.import_module(owner)
    real, left = getattr(module, function), [int(sys.argv[3])]

    def die(*args, **options):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return real(*args, **options)

    setattr(module, function, die)
"""
FULL_DISK = "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))"


def start(home: Home, *arguments: str, prepare: str = "pass") -> subprocess.Popen[str]:
    """Publish in a process of its own."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            PUBLISH.format(prepare=prepare.strip()),
            str(home.root),
            *arguments,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("moment", "skip", "is_out"),
    [
        ("datenlabor.publishing.store.announce", 1, False),
        ("datenlabor.publishing.workflow.build_file", 0, False),
        ("datenlabor.publishing.build.copy_statements", 1, False),
        ("datenlabor.publishing.workflow.check_file", 0, False),
        ("datenlabor.publishing.store.write_record", 0, False),
        ("os.chmod", 1, False),
        ("os.rename", 0, False),
        ("datenlabor.publishing.store.swap", 0, False),
        ("os.replace", 0, False),
        ("datenlabor.publishing.workflow._prune", 0, True),
        ("shutil.rmtree", 0, True),
    ],
)
def test_kill_at_a_moment(home: Home, moment: str, skip: int, *, is_out: bool) -> None:
    kept = [publish(home, keep=5).release_id for _ in range(5)]
    process = start(home, moment, str(skip), prepare=DIE)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors

    assert (store.current_id(home) != kept[-1]) == is_out
    listed = [release.release_id for release in publishing.releases(home)]
    assert (listed[0] == kept[-1]) != is_out
    assert query(home, "select count(*) from protected.fct") == [(1000,)]
    release = publish(home)
    assert release.replaces == (listed[0] if is_out else kept[-1])
    assert hidden(home) == []
    assert len(publishing.releases(home)) == 5
    assert all(r.file.is_file() for r in publishing.releases(home))


def test_kill_at_any_time(home: Home) -> None:
    write_warehouse(home)
    old = publish(home).release_id
    dice = random.Random(1)  # noqa: S311
    for _ in range(6):
        with start(home) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(dice.uniform(0, 0.35))
            process.kill()
        assert store.current_id(home) in {r.release_id for r in publishing.releases(home)}
        assert query(home, "select count(*) from protected.fct") == [(ROWS,)]
    assert store.order_of(publish(home).release_id) > store.order_of(old)
    assert hidden(home) == []


def test_disk_really_full(home: Home) -> None:
    """A limit on the file size makes DuckDB's own writes fail, as a full disk does."""
    write_warehouse(home)
    old = publish(home).release_id
    process = start(home, prepare=FULL_DISK)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert "refused: Publishing failed" in errors
    assert store.current_id(home) == old
    publish(home)
    assert hidden(home) == []


def test_two_publishers(home: Home) -> None:
    old = publish(home).release_id
    with store.locked(home):
        for action in (publish, publishing.rollback):
            with pytest.raises(DatenlaborError, match="Another publish"):
                action(home)
        assert store.current_id(home) == old
    publish(home)


def test_two_publishing_processes(home: Home) -> None:
    write_warehouse(home)
    both = [start(home) for _ in range(2)]
    errors = [process.communicate(timeout=60)[1] for process in both]
    winners = [process for process in both if process.returncode == 0]
    assert len(winners) in {1, 2}  # 2 if one had finished before the other began
    assert all(not text or "Another publish" in text for text in errors)
    assert len(publishing.releases(home)) == len(winners)


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
        st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 1, 0, 0, 3)),  # noqa: DTZ001
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


def model(name: str, **changes: object) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "schema": "protected",
        "name": name,
        "alias": name,
        "config": {"materialized": "table", "meta": {}},
        **changes,
    }


def write_manifest(path: Path, *nodes: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"nodes": {str(i): node for i, node in enumerate(nodes)}}))
    return path


def test_manifest(tmp_path: Path) -> None:
    manifest = write_manifest(
        tmp_path / "manifest.json",
        model("b"),
        model("a", config={"meta": {"publish_order": ["x", "y"]}}),
        model("mart", schema="marts"),
        model("test", resource_type="test"),
        model("helper", config={"materialized": "ephemeral"}),
        model("versioned", alias="versioned_v2", config={"meta": None}),
    )
    tables = publishing.protected_tables(manifest)
    assert tables == {"a": ("x", "y"), "b": (), "versioned_v2": ()}
    assert list(tables) == sorted(tables)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"nodes": 1}', '{"nodes": {}}', "\xff"])
def test_unusable_manifest(tmp_path: Path, content: str) -> None:
    manifest = tmp_path / "manifest.json"
    with pytest.raises(DatenlaborError, match="missing") as caught:
        publishing.protected_tables(manifest)
    assert "dbt build" in caught.value.hint
    manifest.write_bytes(content.encode("latin-1"))
    with pytest.raises(DatenlaborError) as caught:
        publishing.protected_tables(manifest)
    assert "dbt build" in caught.value.hint


@pytest.mark.parametrize("order", ["area", [1], {"a": 1}])
def test_malformed_order(tmp_path: Path, order: object) -> None:
    broken = model("a", config={"meta": {"publish_order": order}})
    with pytest.raises(DatenlaborError, match=r"Model a: config\.meta\.publish_order"):
        publishing.protected_tables(write_manifest(tmp_path / "m.json", broken))


def test_commands(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATENLABOR_HOME", str(home.root))
    manifest = write_manifest(home.root / "manifest.json", model("fct"))
    monkeypatch.setattr(commands, "MANIFEST", manifest)
    for _ in range(2):
        commands.publish_command()
    second = store.current_id(home)
    commands.publish_command(rollback=True)
    first = store.current_id(home)
    assert first != second
    commands.publish_command(rollback=True, to=second)
    assert store.current_id(home) == second
    with pytest.raises(DatenlaborError, match="--to"):
        commands.publish_command(to=first)
    capsys.readouterr()
    commands.releases_command()
    listing = capsys.readouterr().out
    assert f"{first}" in listing
    assert listing.count("●") == 1
