"""What is to be published, by dbt's manifest, and the commands that do it."""

import json
from pathlib import Path
from typing import Any

import pytest
from small_warehouse import small_home

from datenlabor import pipeline, warehouse
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.pipeline import Warehouse
from datenlabor.publishing import commands, memory, store
from datenlabor.publishing.manifest import internal_tables, protected_tables


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return small_home(tmp_path)


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
    tables = protected_tables(manifest)
    assert tables == {"a": ("x", "y"), "b": (), "versioned_v2": ()}
    assert list(tables) == sorted(tables)


def test_tables_for_staff_alone(tmp_path: Path) -> None:
    internal = model("pub_delivery", config={"meta": {"is_internal": True}})
    manifest = write_manifest(tmp_path / "m.json", internal, model("pub_indicator_value"))
    assert internal_tables(manifest) == {"pub_delivery"}
    assert protected_tables(manifest).keys() == {"pub_delivery", "pub_indicator_value"}


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"nodes": 1}', '{"nodes": {}}', "\xff"])
def test_unusable_manifest(tmp_path: Path, content: str) -> None:
    manifest = tmp_path / "manifest.json"
    with pytest.raises(DatenlaborError, match="missing") as caught:
        protected_tables(manifest)
    assert "dbt build" in caught.value.hint
    manifest.write_bytes(content.encode("latin-1"))
    with pytest.raises(DatenlaborError) as caught:
        protected_tables(manifest)
    assert "dbt build" in caught.value.hint


@pytest.mark.parametrize("order", ["area", [1], {"a": 1}])
def test_malformed_order(tmp_path: Path, order: object) -> None:
    broken = model("a", config={"meta": {"publish_order": order}})
    with pytest.raises(DatenlaborError, match=r"Model a: config\.meta\.publish_order"):
        protected_tables(write_manifest(tmp_path / "m.json", broken))


def test_commands(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATENLABOR_HOME", str(home.root))
    manifest = write_manifest(home.root / "manifest.json", model("fct"))
    monkeypatch.setattr(commands, "MANIFEST", manifest)
    states = iter([True, True, False])
    monkeypatch.setattr(
        pipeline, "bring_up_to_date", lambda *_: Warehouse("fingerprint", is_new=next(states))
    )
    monkeypatch.setattr(memory, "CELLS", None)
    warehouse.mark(home, "fingerprint")
    for _ in range(3):
        commands.publish_command()
    assert len(store.ids(home)) == 2
    second = store.current_id(home)
    assert second
    assert store.read_release(home, second).inputs_fingerprint == "fingerprint"
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
