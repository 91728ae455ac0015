"""Push and pull against a real Superset: nothing is lost, nothing is added, in either direction."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from installation import Installation, listed

from datenlabor.assets.bundle import Bundle, path_of, read_archive
from datenlabor.assets.exchange import pulled_files, write_files
from datenlabor.assets.normal_form import Document
from datenlabor.errors import DatenlaborError
from datenlabor.paths import ASSETS

Files = dict[str, str]


def push(installation: Installation) -> None:
    replacements = {"$DATENLABOR_HOME": str(installation.home.root)}
    installation.server.import_assets(installation.assets.archive(replacements))


def exported(installation: Installation) -> Bundle:
    return read_archive(installation.server.export_assets())


def pull(installation: Installation) -> Files:
    return pulled_files(installation.assets, exported(installation))


@pytest.fixture(scope="module")
def pushed(installation: Installation) -> Files:
    """Return the asset files, pushed to the server."""
    push(installation)
    return installation.assets.files()


@pytest.fixture
def files(installation: Installation, pushed: Files) -> Iterator[Files]:
    """Return the asset files, which are on the server before the test, and again after it."""
    yield pushed
    if is_changed(installation, pushed):
        push(installation)


def is_changed(installation: Installation, files: Files) -> bool:
    """Say whether the server has anything else than the files, be it that a pull refuses it."""
    try:
        return pull(installation) != files
    except DatenlaborError:
        return True


@pytest.fixture
def dashboard(installation: Installation) -> Document:
    """Return a dashboard with a text between its charts, one of which shows a series."""
    return next(
        item
        for item in installation.assets.assets["dashboards"].values()
        if texts(item["position"]) and item["slug"] == "ueberblick"
    )


@pytest.fixture
def chart(installation: Installation, dashboard: Document) -> Document:
    """Return a chart of that dashboard that shows a series."""
    return next(
        item
        for item in charts_on(installation, dashboard)
        if item["viz_type"].startswith("echarts_timeseries")
    )


def charts_on(installation: Installation, dashboard: Document) -> list[Document]:
    uuids = [node["meta"]["uuid"] for node in nodes(dashboard["position"], "CHART")]
    return [installation.assets.assets["charts"][uuid] for uuid in uuids]


def nodes(position: Document, kind: str) -> list[Document]:
    return [
        node for node in position.values() if isinstance(node, dict) and node.get("type") == kind
    ]


def texts(position: Document) -> list[Document]:
    return nodes(position, "MARKDOWN")


def number_of(installation: Installation, kind: str, uuid: str) -> int:
    """Return the server's number of a chart, dashboard or dataset."""
    entries = listed(installation.server, kind, "id,uuid")
    [number] = [entry["id"] for entry in entries if entry["uuid"] == uuid]
    return int(number)


def changed_lines(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the lines that are only in the one or only in the other text."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_push_and_pull_change_nothing(installation: Installation, files: Files) -> None:
    assert pull(installation) == files


def test_files_on_disk_are_what_a_pull_writes(installation: Installation) -> None:
    on_disk = {
        str(path.relative_to(ASSETS)): path.read_text("utf-8") for path in ASSETS.rglob("*.yaml")
    }
    assert pull(installation) == on_disk


def test_pull_writes_only_what_changed(
    installation: Installation, files: Files, tmp_path: Path
) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    lost, *_ = sorted(path for path in files if path.startswith("charts/"))
    (tmp_path / lost).unlink()
    assert write_files(tmp_path, pull(installation)) == [lost]
    assert write_files(tmp_path, pull(installation)) == []


def test_renamed_chart_comes_back_as_one_file(
    installation: Installation, files: Files, chart: Document
) -> None:
    address = f"/api/v1/chart/{number_of(installation, 'chart', chart['uuid'])}"
    installation.server.put(address, {"slice_name": "Ganz neuer Titel"})
    pulled = pull(installation)
    old, new = path_of("charts", chart), "charts/Ganz_neuer_Titel.yaml"
    assert pulled.keys() ^ files.keys() == {old, new}
    assert changed_lines(files[old], pulled[new]) == (
        [yaml_line("slice_name", chart["slice_name"])],
        ["slice_name: Ganz neuer Titel"],
    )
    for path in files.keys() - {old}:
        # Elsewhere only the name behind a reference is another.
        removed, added = changed_lines(files[path], pulled[path])
        assert all(chart["uuid"] in line for line in removed + added), path
        assert yaml.safe_load(files[path]) == yaml.safe_load(pulled[path]), path
    push(installation)
    assert pull(installation) == files


def test_changed_setting_comes_back_as_one_line(
    installation: Installation, files: Files, chart: Document
) -> None:
    address = f"/api/v1/chart/{number_of(installation, 'chart', chart['uuid'])}"
    params = json.loads(installation.server.get(address)["result"]["params"])
    assert params["row_limit"] != 77
    installation.server.put(address, {"params": json.dumps({**params, "row_limit": 77})})
    pulled = pull(installation)
    path = path_of("charts", chart)
    assert {name for name in files if pulled.get(name) != files[name]} == {path}
    assert pulled.keys() == files.keys()
    assert changed_lines(files[path], pulled[path]) == (
        [f"  row_limit: {params['row_limit']}"],
        ["  row_limit: 77"],
    )
    push(installation)
    assert pull(installation) == files


def test_changed_text_and_layout_come_back_as_their_lines(
    installation: Installation, files: Files, dashboard: Document, chart: Document
) -> None:
    address = f"/api/v1/dashboard/{number_of(installation, 'dashboard', dashboard['uuid'])}"
    answer = installation.server.get(address)["result"]
    position = json.loads(answer["position_json"])
    text = texts(position)[0]
    text["meta"]["code"] = "Ein neuer Text"
    [tile] = [node for node in nodes(position, "CHART") if node["meta"]["uuid"] == chart["uuid"]]
    tile["meta"]["height"] = 333
    installation.server.put(
        address,
        {
            # As the editor of dashboards saves it.
            "json_metadata": json.dumps(
                {**json.loads(answer["json_metadata"]), "positions": position}
            ),
        },
    )
    pulled = pull(installation)
    path = path_of("dashboards", dashboard)
    assert pulled.keys() == files.keys()
    assert {name for name in files if pulled[name] != files[name]} == {path}
    expected = yaml.safe_load(files[path])
    expected["position"][text["id"]]["meta"]["code"] = "Ein neuer Text"
    expected["position"][tile["id"]]["meta"]["height"] = 333
    assert yaml.safe_load(pulled[path]) == expected
    _, added = changed_lines(files[path], pulled[path])
    assert sorted(line.strip() for line in added) == ["code: Ein neuer Text", "height: 333"]
    push(installation)
    assert pull(installation) == files


def test_removed_tile_takes_its_chart_along(
    installation: Installation, files: Files, dashboard: Document, chart: Document
) -> None:
    address = f"/api/v1/dashboard/{number_of(installation, 'dashboard', dashboard['uuid'])}"
    answer = installation.server.get(address)["result"]
    position = json.loads(answer["position_json"])
    [tile] = [node for node in nodes(position, "CHART") if node["meta"]["uuid"] == chart["uuid"]]
    del position[tile["id"]]
    position[tile["parents"][-1]]["children"].remove(tile["id"])
    metadata = {**json.loads(answer["json_metadata"]), "positions": position}
    installation.server.put(address, {"json_metadata": json.dumps(metadata)})
    pulled = pull(installation)
    assert files.keys() - pulled.keys() == {path_of("charts", chart)}
    assert pulled.keys() <= files.keys()
    changed = {name for name in pulled if pulled[name] != files[name]}
    assert changed == {path_of("dashboards", dashboard)}
    push(installation)
    assert pull(installation) == files


def test_dataset_changed_on_the_server_is_refused(installation: Installation, files: Files) -> None:
    dataset = next(
        item for item in installation.assets.assets["datasets"].values() if item["metrics"]
    )
    address = f"/api/v1/dataset/{number_of(installation, 'dataset', dataset['uuid'])}"
    metric, *others = installation.server.get(address)["result"]["metrics"]
    kept = ("id", "metric_name", "expression", "verbose_name", "description", "d3format")
    metrics: list[dict[str, Any]] = [
        {key: value for key, value in entry.items() if key in kept} for entry in (metric, *others)
    ]
    metrics[0]["expression"] = "SUM(1)"
    installation.server.put(address, {"metrics": metrics})
    with pytest.raises(DatenlaborError, match=dataset["table_name"]):
        pull(installation)
    push(installation)
    assert pull(installation) == files


def test_unpublished_dashboard_leaves_the_files(
    installation: Installation, files: Files, dashboard: Document
) -> None:
    address = f"/api/v1/dashboard/{number_of(installation, 'dashboard', dashboard['uuid'])}"
    installation.server.put(address, {"published": False})
    elsewhere = {
        chart["uuid"]
        for item in installation.assets.assets["dashboards"].values()
        if item is not dashboard
        for chart in charts_on(installation, item)
    }
    gone = {path_of("dashboards", dashboard)} | {
        path_of("charts", chart)
        for chart in charts_on(installation, dashboard)
        if chart["uuid"] not in elsewhere
    }
    assert pull(installation) == {path: text for path, text in files.items() if path not in gone}
    push(installation)
    assert pull(installation) == files


def yaml_line(key: str, value: object) -> str:
    return yaml.safe_dump({key: value}, allow_unicode=True, width=100).strip()
