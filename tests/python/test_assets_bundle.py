"""The bundle: files, folder and archive hold the same, and nothing is lost on the way."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from datenlabor.assets.bundle import KINDS, Bundle, path_of, read_archive, read_folder
from datenlabor.assets.identity import asset_uuid
from datenlabor.assets.normal_form import Document
from datenlabor.errors import DatenlaborError

UUIDS = [asset_uuid("charts", str(number)) for number in range(4)]


def bundle(**documents: list[Document]) -> Bundle:
    return Bundle({kind: {d["uuid"]: d for d in documents.get(kind, [])} for kind in KINDS})


def archive(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, text in files.items():
            target.writestr(name, text)
    return buffer.getvalue()


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


CHART: Document = {"uuid": UUIDS[0], "slice_name": "Größe", "dataset_uuid": UUIDS[1], "params": {}}
DATABASE: Document = {"uuid": UUIDS[2], "database_name": "D", "sqlalchemy_uri": "duckdb:///$HOME/x"}


def test_files_folder_and_archive_hold_the_same(tmp_path: Path) -> None:
    made = bundle(charts=[CHART], databases=[DATABASE])
    assert set(made.files()) == {"charts/Groesse.yaml", "databases/D.yaml"}
    from_folder = read_folder(write(tmp_path, made.files()))
    from_archive = read_archive(made.archive({}))
    assert from_folder.normalised() == made.normalised() == from_archive.normalised()


@pytest.mark.parametrize("home", ["/srv/lab", "/home/a b: #1/'x'", 'C:\\Daten "neu"\\', "/ä/{y}"])
def test_placeholder_is_filled_whatever_the_path_looks_like(home: str) -> None:
    content = bundle(databases=[DATABASE]).archive({"$HOME": home})
    database = read_archive(content).assets["databases"][UUIDS[2]]
    assert database["sqlalchemy_uri"] == f"duckdb:///{home}/x"


def test_two_assets_of_one_title_are_refused_not_lost() -> None:
    other = CHART | {"uuid": UUIDS[3], "slice_name": "Groesse"}
    with pytest.raises(DatenlaborError, match=r"charts/Groesse\.yaml") as caught:
        bundle(charts=[CHART, other]).files()
    assert "Größe" in str(caught.value)
    assert "title" in caught.value.hint


def test_archive_of_a_server_may_hold_more_than_we_keep() -> None:
    """A query that somebody saved in SQL Lab, a theme, tags."""
    files = {
        "export/metadata.yaml": "type: assets",
        "export/charts/Groesse_7.yaml": yaml.safe_dump(CHART),
        "export/queries/Datenlabor/mine.yaml": "label: mine",
        "export/themes/dark.yaml": "json_data: {}",
        "export/tags.yaml": "tags: []",
    }
    assert read_archive(archive(files)).assets["charts"] == {UUIDS[0]: CHART}


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("charts/a.yaml", "a: [", r"charts/a\.yaml is not valid YAML"),
        ("charts/a.yaml", "- 1", r"charts/a\.yaml is no asset"),
        ("charts/a.yaml", "slice_name: a", r"charts/a\.yaml is no asset.*uuid"),
        ("graphs/a.yaml", "uuid: a", r"graphs/a\.yaml is no asset"),
        ("charts/a.yaml", "uuid: a", r"charts/a\.yaml.*slice_name"),
        ("dashboards/a.yaml", "uuid: a\ndashboard_title: a", r"dashboards/a\.yaml.*position"),
    ],
)
def test_file_that_is_no_asset_is_named(tmp_path: Path, path: str, text: str, message: str) -> None:
    with pytest.raises(DatenlaborError, match=message):
        read_folder(write(tmp_path, {path: text}))


def test_uuid_used_twice_is_named(tmp_path: Path) -> None:
    files = {f"charts/{name}.yaml": yaml.safe_dump(CHART) for name in "ab"}
    with pytest.raises(DatenlaborError, match=rf"charts/b\.yaml.*{UUIDS[0]} is used twice"):
        read_folder(write(tmp_path, files))


def test_path_of_an_asset() -> None:
    assert path_of("dashboards", {"dashboard_title": "Überblick"}) == "dashboards/Ueberblick.yaml"
    assert path_of("datasets", {"table_name": "pub_x"}) == "datasets/Datenlabor/pub_x.yaml"
