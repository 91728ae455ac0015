"""The export, killed at every step, and on a disk that is full or read-only from there."""

from pathlib import Path

import pytest
from interrupted import Case, interruptions
from small_open_data import contents, export, home_with_release
from traced import End, Fault

from datenlabor.opendata.folder import SUMS, sums
from datenlabor.paths import Home


def prepare(folder: Path) -> None:
    """Export a release and publish another one."""
    export(home_with_release(folder))
    home_with_release(folder, "delete from protected.pub_list")


def act(folder: Path) -> None:
    export(Home(folder / "home"))


def shown(folder: Path) -> list[Path]:
    """Return the exports that are there, oldest first; each is whole, or it fails."""
    found = sorted((folder / "home" / "open-data").glob("[!.]*Z*"))
    for each in found:
        lines = (each / SUMS).read_text().splitlines()
        named = {name: digest for digest, name in (line.split("  ") for line in lines)}
        assert named == {name: digest for name, digest in sums(each).items() if name != SUMS}
    return found


def current(folder: Path) -> Path:
    return (folder / "home" / "open-data" / "current").resolve()


def look(folder: Path, end: End) -> None:
    exports = shown(folder)
    is_out = current(folder) == exports[-1] and len(exports) == 2
    assert is_out or current(folder) == exports[0]
    if end is not End.SILENT:
        assert end == (End.DONE if is_out else End.REFUSED), "it said what is not so"


def go_on(folder: Path) -> None:
    before = {path: contents(path) for path in shown(folder)}
    act(folder)
    exports = shown(folder)
    assert current(folder) == exports[1]
    assert {path: contents(path) for path in before} == before
    names = sorted(path.name for path in current(folder).parent.iterdir())
    assert names == [".lock", *(path.name for path in exports), "current"]


EXPORTING = Case(prepare, act, look, go_on)


@pytest.mark.parametrize("fault", Fault)
def test_interrupted(tmp_path: Path, fault: Fault) -> None:
    found = interruptions(EXPORTING, tmp_path, fault)
    assert [each for each in found if each.problem] == []
    assert len(found) > 2
