"""Publishing: no failure, kill or second publisher changes what readers see."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
from small_warehouse import ROWS, hidden, publish, query, small_home, write_warehouse

from datenlabor import publishing
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_home(tmp_path)


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
    dice = random.Random(1)
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
