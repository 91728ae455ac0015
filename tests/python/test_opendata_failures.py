"""Open data: an export never changes, and nothing that goes wrong is shown."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from small_open_data import CITY, contents, export, home_with_release, write_manifest

from datenlabor import publishing
from datenlabor.errors import DatenlaborError
from datenlabor.opendata import folder as folders
from datenlabor.opendata import settings, workflow
from datenlabor.opendata.content import PublicFile
from datenlabor.opendata.declaration import Declaration
from datenlabor.paths import Home
from datenlabor.publishing.store import sha256_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_with_release(tmp_path)


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A release that no test changes; each exports it to a folder of its own."""
    return home_with_release(tmp_path_factory.mktemp("released"))


def visible(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.name != ".lock")


def test_the_same_release_gives_the_same_bytes(home: Home, tmp_path: Path) -> None:
    first = export(home)
    assert (home.open_data / "current").resolve() == first.path
    before = {path: path.stat().st_mtime_ns for path in first.path.rglob("*")}
    assert export(home) == first
    assert {path: path.stat().st_mtime_ns for path in first.path.rglob("*")} == before
    elsewhere = export(home, tmp_path / "elsewhere")
    assert contents(elsewhere.path) == contents(first.path)
    # Another process has other hash seeds: nothing may follow the order of a set.
    for seed in ("1", "2"):
        export_elsewhere(home, tmp_path / seed, seed)
        assert contents(tmp_path / seed / first.release_id) == contents(first.path)


def test_sums_name_every_file(home: Home) -> None:
    path = export(home).path
    lines = (path / folders.SUMS).read_text().splitlines()
    named = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert named == {
        name: sha256_of(path / name) for name in contents(path) if name != folders.SUMS
    }
    assert not any(file.stat().st_mode & 0o222 for file in path.rglob("*") if file.is_file())


def test_a_new_release_gets_a_folder_of_its_own(home: Home) -> None:
    first = export(home)
    kept = contents(first.path)
    second = export(home_with_release(home.root.parent, "delete from protected.pub_list"))
    assert visible(home.open_data) == [first.release_id, second.release_id, "current"]
    assert (home.open_data / "current").resolve() == second.path
    assert contents(first.path) == kept
    publishing.rollback(home)
    assert export(home).path == first.path == (home.open_data / "current").resolve()


def test_a_different_export_of_the_same_release_is_refused(home: Home) -> None:
    path = export(home).path
    kept = contents(path)
    write_manifest(home.root.parent, description="Anders.")
    with pytest.raises(DatenlaborError, match=r"another export .* differ in SHA256SUMS") as caught:
        export(home)
    assert "datenlabor publish" in caught.value.hint
    assert contents(path) == kept
    write_manifest(home.root.parent)
    export(home)
    (path / "index.html").chmod(0o644)
    (path / "index.html").write_text("tampered")
    with pytest.raises(DatenlaborError, match=r"differ in index\.html\."):
        export(home)


def test_the_release_it_began_with(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Meanwhile another release is published and the first one is even deleted."""
    load, [first] = PublicFile.load, publishing.releases(home)

    def load_and_publish(public: PublicFile, declaration: Declaration) -> object:
        home_with_release(home.root.parent, "delete from protected.pub_thing")
        if first.file.exists():
            first.file.unlink()
        return load(public, declaration)

    monkeypatch.setattr(PublicFile, "load", load_and_publish)
    done = export(home)
    assert done.release_id == first.release_id
    assert done.rows == 8


EXPORT = """
import sys
from pathlib import Path
from datenlabor import opendata
from datenlabor.city import City
from datenlabor.paths import Home

home = Home(Path(sys.argv[1]))
city, manifest = City(code=sys.argv[3], name=sys.argv[4]), home.root.parent / "manifest.json"
opendata.export(home, city, manifest=manifest, root=Path(sys.argv[2]))
"""


def export_elsewhere(home: Home, root: Path, seed: str) -> None:
    """Export in a process of its own, which has another order of sets."""
    finished = subprocess.run(
        [sys.executable, "-c", EXPORT, home.root, root, CITY.code, CITY.name],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert finished.stderr == b""


def test_a_truncated_release(home: Home) -> None:
    [release] = publishing.releases(home)
    file = workflow.public_file(release)
    file.chmod(0o644)
    os.truncate(file, 20_000)
    with pytest.raises(DatenlaborError, match="The export failed") as caught:
        export(home)
    assert "--rollback" in caught.value.hint
    assert not home.open_data.exists()


def test_two_exports_at_once(home: Home) -> None:
    export(home)
    with folders.staged(home.open_data, "20990101T000000Z") as path:
        with pytest.raises(DatenlaborError, match="Another export is at work"):
            export(home)
        assert path.is_dir()
        (path / "file").write_text("content")
    assert "20990101T000000Z" in visible(home.open_data)


def test_what_is_in_the_way(home: Home, tmp_path: Path) -> None:
    with pytest.raises(DatenlaborError, match="Nothing has been published"):
        export(Home(tmp_path / "empty"))
    (home.open_data / "current").mkdir(parents=True)
    with pytest.raises(DatenlaborError, match="not a link to an export"):
        export(home)
    with pytest.raises(DatenlaborError, match="The export failed"):
        export(home, tmp_path / "manifest.json")
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(DatenlaborError, match=r"manifest\.json cannot be read"):
        export(home)


def test_settings_of_a_city(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.read_settings(CITY).is_example
    monkeypatch.setattr("datenlabor.paths.CITIES", tmp_path)
    file = tmp_path / CITY.code / settings.FILE
    file.parent.mkdir()
    text = (
        "base_uri: https://daten.example.org/offen\npublisher: Stadt Musterhafen\n"
        "contact_role: Statistikstelle\ncontact_email: statistik@example.org\n"
    )
    file.write_text(text)
    assert not settings.read_settings(CITY).is_example
    for wrong in ("base_uri: daten/", "nuts: FR1", "is_example: true", "phone: 1"):
        key = wrong.split(":")[0]
        lines = [line for line in text.splitlines() if not line.startswith(key)]
        file.write_text("\n".join([*lines, wrong]))
        with pytest.raises(DatenlaborError, match="cannot be used"):
            settings.read_settings(CITY)
