"""A disk that is really full or read-only, and files that were cut off: said, and nothing lost."""

import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_cells import PROTECTION, VALUES, write_cells
from small_open_data import export, home_with_release
from small_warehouse import TABLES, query, small_home

from datenlabor import publishing
from datenlabor.backup import state
from datenlabor.disk import advice
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import memory, store

RELEASE = "select release_id from protected.release"
BLOCK = 1 << 18
"""What DuckDB takes at once."""
BLOCKS = 80


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Return a small file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    size = f"size={BLOCKS * BLOCK}"
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=False)
    if made.returncode:
        pytest.skip("only root may mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = small_home(tmp_path)
    write_cells(home, VALUES)
    return home


def publish(home: Home) -> publishing.Release:
    return publishing.publish(home, tables=TABLES, protection=PROTECTION)


def fill(disk: Path, *, blocks_left: int) -> Path:
    """Leave so many blocks free."""
    ballast = disk / "ballast"
    status = os.statvfs(disk)
    ballast.write_bytes(bytes(status.f_bavail * status.f_frsize - blocks_left * BLOCK))
    return ballast


def room_needed(disk: Path, action: Callable[[], object], unchanged: Callable[[], None]) -> int:
    """Try with no room at all and with ever more; return with how many blocks it goes through."""
    for blocks in range(BLOCKS):
        ballast = fill(disk, blocks_left=blocks)
        try:
            action()
        except (DatenlaborError, OSError) as error:
            hint = error.hint if isinstance(error, DatenlaborError) else advice(error)
        else:
            return blocks
        finally:
            ballast.unlink()
        assert "The disk is full" in hint
        unchanged()
    pytest.fail("it never went through")


def test_a_full_disk(disk: Path) -> None:
    home = small_home(disk)
    write_cells(home, VALUES)
    old = publish(home).release_id
    (home.deliveries / "one").mkdir(parents=True)
    (home.deliveries / "one" / "large").write_bytes(random.Random(1).randbytes(3 * BLOCK))

    def is_as_it_was() -> None:
        assert query(home, RELEASE) == [(old,)]
        assert store.ids(home) == [old]
        assert not list(disk.glob("*.zip"))

    backup = disk / "backup.zip"
    assert room_needed(disk, lambda: state.back_up(home, backup), is_as_it_was) > 2
    backup.unlink()
    assert room_needed(disk, lambda: publish(home), is_as_it_was) > 2
    assert publish(home).replaces == store.ids(home)[1] != old


def test_a_read_only_disk(disk: Path, tmp_path: Path) -> None:
    home = home_with_release(disk)
    home_with_release(disk)
    release = publishing.current_release(home)
    assert release is not None
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    actions: list[Callable[[], object]] = [
        lambda: publish(home),
        lambda: publishing.rollback(home),
        lambda: publishing.settle(home),
        lambda: export(home),
    ]
    for action in actions:
        with pytest.raises(DatenlaborError, match="Read-only file system") as caught:
            action()
        assert "mounted read-only" in caught.value.hint
    assert query(home, RELEASE) == [(release.release_id,)]
    export(home, tmp_path / "elsewhere")
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    assert publishing.rollback(home).release_id != release.release_id


def cut(file: Path) -> None:
    """Take the second half away."""
    file.chmod(0o600)
    os.truncate(file, file.stat().st_size // 2)


@pytest.mark.parametrize("name", ["cells", "equations"])
@pytest.mark.parametrize("damage", [cut, Path.unlink])
def test_what_was_kept_secret_is_damaged(
    home: Home, name: str, damage: Callable[[Path], None]
) -> None:
    """Without it nobody knows what must not be shown: nothing is."""
    old = publish(home).release_id
    damage(home.memory / old / f"{name}.parquet")
    with pytest.raises(DatenlaborError, match=f"kept secret cannot be read.*{name}") as caught:
        publish(home)
    assert "from a backup" in caught.value.hint
    assert store.current_id(home) == old
    assert [path.name for path in memory.remembered(home)] == [old]


def test_what_was_kept_secret_is_gone(home: Home) -> None:
    old = publish(home).release_id
    home.memory.rename(home.root / "elsewhere")
    for action in (publish, publishing.settle):
        with pytest.raises(DatenlaborError, match=f"release {old} has kept secret is missing"):
            action(home)
    assert store.current_id(home) == old
    (home.root / "elsewhere").rename(home.memory)
    publish(home)


def test_the_warehouse_is_cut_off(home: Home) -> None:
    old = publish(home).release_id
    cut(home.warehouse)
    with pytest.raises(DatenlaborError) as caught:
        publish(home)
    assert "rebuild" in caught.value.hint
    assert query(home, RELEASE) == [(old,)]


@pytest.mark.parametrize("name", ["internal/datenlabor.duckdb", "release.json"])
def test_a_cut_off_release_is_left_behind(home: Home, name: str) -> None:
    """Neither the next publish nor a rollback stops at it."""
    first = publish(home)
    damaged = publish(home)
    cut(damaged.path / name)
    assert publishing.rollback(home, first.release_id).release_id == first.release_id
    with pytest.raises(DatenlaborError, match="damaged"):
        publishing.rollback(home, damaged.release_id)
    last = publish(home)
    assert query(home, RELEASE) == [(last.release_id,)]
    assert len(memory.remembered(home)) == 3
