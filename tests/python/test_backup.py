"""A backup holds all that cannot be derived, comes back as it was, or does not come back at all."""

import fcntl
import json
import os
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_home import KEPT, files, fill
from typer.testing import CliRunner

from datenlabor import cli
from datenlabor.backup import archive, state
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing import memory
from datenlabor.publishing import store as releases


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("DATENLABOR_CITY", raising=False)
    monkeypatch.delenv("DATENLABOR_METADATA_URI", raising=False)
    fill(tmp_path / "home")
    return Home(tmp_path / "home")


@pytest.fixture
def other(tmp_path: Path) -> Home:
    return Home(tmp_path / "elsewhere" / "home")


def test_what_comes_back_is_what_cannot_be_derived(home: Home, other: Home, tmp_path: Path) -> None:
    made = state.back_up(home, tmp_path / "b.zip")
    assert state.restore(other, tmp_path / "b.zip") == made
    found = files(other.root)
    assert found.pop(state.METADATA)
    assert found == KEPT
    for name in KEPT:
        assert (other.root / name).stat().st_mode == (home.root / name).stat().st_mode
    assert (tmp_path / "b.zip").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in other.root.parent.iterdir()] == ["home"]


def test_metadata_are_those_of_one_moment(home: Home, other: Home, tmp_path: Path) -> None:
    end = Event()

    def write() -> None:
        with closing(sqlite3.connect(home.root / state.METADATA, timeout=30)) as database:
            number = 0
            while not end.is_set():
                with database:
                    database.execute("insert into pairs values (?, null)", [number])
                    database.execute("update pairs set other = one where other is null")
                number += 1

    writer = Thread(target=write)
    writer.start()
    try:
        state.back_up(home, tmp_path / "b.zip")
    finally:
        end.set()
        writer.join()
    state.restore(other, tmp_path / "b.zip")
    with closing(sqlite3.connect(other.root / state.METADATA)) as database:
        assert database.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert database.execute("select * from pairs where other is null").fetchall() == []


def test_nothing_is_ever_overwritten(home: Home, other: Home, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    state.back_up(home, file)
    before = file.read_bytes()
    with pytest.raises(DatenlaborError, match="never overwritten"):
        state.back_up(home, file)
    assert file.read_bytes() == before
    other.root.mkdir(parents=True)
    (other.root / "mine").touch()
    with pytest.raises(DatenlaborError, match="never overwrites"):
        state.restore(other, file)
    assert [path.name for path in other.root.iterdir()] == ["mine"]


def test_an_empty_folder_is_a_place_to_restore_into(
    home: Home, other: Home, tmp_path: Path
) -> None:
    state.back_up(home, tmp_path / "b.zip")
    other.root.mkdir(parents=True)
    state.restore(other, tmp_path / "b.zip")
    assert (other.root / "protection.yml").exists()


@pytest.fixture(scope="module")
def small_backup(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("small")
    sources = {}
    for name, content in (("a/one.csv", b"1;2\n" * 50), ("b/two.bin", bytes(range(200)))):
        sources[name] = folder / name.replace("/", "-")
        sources[name].write_bytes(content)
    archive.write(folder / "b.zip", sources, created_at="2026-11-22", city_code="05162024")
    return (folder / "b.zip").read_bytes()


def test_a_directory_that_leads_nowhere(small_backup: bytes, tmp_path: Path) -> None:
    """Its place is said at the end; far behind it, all others lie before the start of the file."""
    place = len(small_backup) - 4
    changed = bytes([small_backup[place] + 1])
    (tmp_path / "b.zip").write_bytes(small_backup[:place] + changed + small_backup[place + 1 :])
    with pytest.raises(DatenlaborError, match="cannot be restored"):
        archive.verify(tmp_path / "b.zip")


@given(st.data())
def test_every_damage_is_noticed_or_harmless(
    small_backup: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """One changed byte or a lost end: refused, or (in ZIP's own padding) without any effect."""
    place = data.draw(st.integers(0, len(small_backup) - 1))
    if data.draw(st.booleans()):
        broken = small_backup[:place]
    else:
        change = data.draw(st.integers(1, 255))
        byte = bytes([small_backup[place] ^ change])
        broken = small_backup[:place] + byte + small_backup[place + 1 :]
    folder = tmp_path_factory.mktemp("broken")
    (folder / "b.zip").write_bytes(broken)
    (folder / "out").mkdir()
    try:
        archive.extract(folder / "b.zip", folder / "out")
    except DatenlaborError:
        return
    restored = files(folder / "out")
    assert set(restored.values()) == {b"1;2\n" * 50, bytes(range(200))}
    shutil.rmtree(folder)


def rewritten(file: Path, **changes: object) -> Path:
    """Return a copy of a backup whose manifest says something else."""
    target = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "manifest.json":
                content = json.dumps(json.loads(content) | changes).encode()
            new.writestr(name, content)
    return target


def test_backups_of_others_are_refused(home: Home, other: Home, tmp_path: Path) -> None:
    state.back_up(home, tmp_path / "b.zip")
    with pytest.raises(DatenlaborError, match="backup of 05315") as caught:
        state.restore(other, rewritten(tmp_path / "b.zip", city_code="05315"))
    assert "DATENLABOR_CITY=05315" in caught.value.hint
    with pytest.raises(DatenlaborError, match="format 2"):
        state.restore(other, rewritten(tmp_path / "b.zip", format=2))
    with pytest.raises(DatenlaborError, match="cannot be restored"):
        state.restore(other, home.root / "protection.yml")
    with pytest.raises(DatenlaborError, match="does not exist"):
        state.restore(other, tmp_path / "none.zip")
    assert not other.root.exists()


@pytest.mark.parametrize("name", ["../outside", "/outside", "a/../../outside", "..\\outside"])
def test_no_path_leads_out(home: Home, other: Home, tmp_path: Path, name: str) -> None:
    bad = tmp_path / "bad.zip"
    entry = {"sha256": "0", "size": 0, "mode": 0o644}
    with zipfile.ZipFile(bad, "w") as content:
        content.writestr(name, b"")
        manifest = {"format": 1, "created_at": "", "city_code": "05162024", "files": {name: entry}}
        content.writestr("manifest.json", json.dumps(manifest))
    with pytest.raises(DatenlaborError, match=r"leads out|is not what was"):
        state.restore(other, bad)
    assert not (tmp_path / "outside").exists()
    assert home.root.exists()


def test_what_a_killed_publisher_has_shown_is_remembered(
    home: Home, other: Home, tmp_path: Path
) -> None:
    """What is secret in it was written down, but not yet put in its place."""
    shown, not_shown = "20261122T093015Z", "20261123T093015Z"
    (home.releases / shown).mkdir(parents=True)
    for name in (shown, not_shown):
        (home.memory / f".pending-{name}").mkdir(parents=True)
        (home.memory / f".pending-{name}" / "cells.parquet").write_text("true values")
    state.back_up(home, tmp_path / "b.zip")
    state.restore(other, tmp_path / "b.zip")
    assert [path.name for path in memory.remembered(other)] == [shown]
    assert not list(other.memory.glob(".*"))


def test_metadata_that_cannot_be_read(home: Home, tmp_path: Path) -> None:
    (home.root / state.METADATA).write_bytes(b"no database" * 1000)
    with pytest.raises(DatenlaborError, match=r"metadata .* cannot be read"):
        state.back_up(home, tmp_path / "b.zip")
    assert list(tmp_path.glob("*b.zip*")) == []


def test_two_at_once(home: Home, other: Home, tmp_path: Path) -> None:
    """Backups of two homes into one folder, and two restores into one home."""
    file = tmp_path / "b.zip"
    draft = tmp_path / ".b.zip.datenlabor-part"
    with draft.open("wb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(DatenlaborError, match="Another backup"):
            state.back_up(home, file)
        state.back_up(home, tmp_path / "c.zip")
        assert draft.exists()
    state.back_up(home, file)
    assert not draft.exists()
    folder = other.root.parent / ".home.restoring"
    folder.mkdir(parents=True)
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(DatenlaborError, match="Another restore"):
        state.restore(other, file)
    os.close(descriptor)
    state.restore(other, file)
    assert [path.name for path in other.root.parent.iterdir()] == ["home"]


def test_links_and_publications_under_way_are_named(home: Home, tmp_path: Path) -> None:
    with releases.locked(home), pytest.raises(DatenlaborError, match="Another publish"):
        state.back_up(home, tmp_path / "b.zip")
    link = home.root / "deliveries" / "far"
    for target in ("/etc/hostname", "/etc"):
        link.symlink_to(target)
        with pytest.raises(DatenlaborError, match="is a link"):
            state.back_up(home, tmp_path / "b.zip")
        link.unlink()
    assert not (tmp_path / "b.zip").exists()


def test_the_commands(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = CliRunner().invoke
    file = str(tmp_path / "b.zip")
    monkeypatch.setenv("DATENLABOR_HOME", str(home.root))
    assert "backed up (city 05162024" in run(cli.commands, ["backup", file]).output
    assert "intact" in run(cli.commands, ["restore", "--check", file]).output
    monkeypatch.setenv("DATENLABOR_HOME", str(tmp_path / "new"))
    assert "restored" in run(cli.commands, ["restore", file]).output
    assert (tmp_path / "new" / "protection.yml").exists()
