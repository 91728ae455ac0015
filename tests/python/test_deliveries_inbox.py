"""What of a folder is to be delivered."""

import os
from pathlib import Path

import pytest

from datenlabor.deliveries.inbox import read_inbox
from datenlabor.errors import DatenlaborError


def test_siblings_of_a_shapefile_are_one_delivery(tmp_path: Path) -> None:
    for suffix in ("shp", "dbf", "shx", "prj", "shp.xml"):
        (tmp_path / f"Stadtteil.{suffix}").touch()
    inbox = read_inbox(tmp_path)
    assert [file.name for file in inbox.files] == ["Stadtteil.shp"]
    assert [path.name for path, _ in inbox.skipped] == ["Stadtteil.shp.xml"]


def test_inbox_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(DatenlaborError, match="Inbox"):
        read_inbox(tmp_path / "none")


def test_inbox_says_what_is_no_delivery_and_why(tmp_path: Path) -> None:
    (tmp_path / "Ordner").mkdir()
    (tmp_path / "weg.csv").symlink_to("nirgends")
    os.mkfifo(tmp_path / "rohr.csv")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "~$a.xlsx", "b.csv.part", "c.QIX"):
        (tmp_path / name).touch()
    (tmp_path / "einwohner.csv").symlink_to(__file__)
    inbox = read_inbox(tmp_path)
    assert [file.name for file in inbox.files] == ["einwohner.csv"]
    assert {path.name: reason.split(";")[0] for path, reason in inbox.skipped} == {
        "Ordner": "a folder",
        "weg.csv": "a link to nothing",
        "rohr.csv": "no regular file",
        **dict.fromkeys((".DS_Store", "Thumbs.db", "desktop.ini"), "made by the system"),
        "~$a.xlsx": "made by the system",
        "b.csv.part": "not complete yet",
        "c.QIX": "beside a shapefile, not needed",
    }
