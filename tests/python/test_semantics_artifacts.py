"""What dbt writes about models and metrics is read."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from datenlabor.errors import DatenlaborError
from datenlabor.semantics.artifacts import read_project


def semantic_manifest(**metric: object) -> Mapping[str, object]:
    entry = {
        "name": "m",
        "label": None,
        "description": "two\n lines",
        "type": "simple",
        "type_params": {"is_private": True},
        "config": {"meta": {"unit": "x"}},
    }
    return {"semantic_models": [], "metrics": [entry | metric]}


def test_artifacts_are_read(tmp_path: Path) -> None:
    column = {"name": "a", "data_type": "VARCHAR", "description": " A\n b ", "config": {"meta": {}}}
    node = {
        "name": "pub_x",
        "resource_type": "model",
        "schema": "protected",
        "fqn": ["datenlabor", "protected", "pub_x"],
        "description": " X ",
        "config": {"meta": {"label": "Iks"}},
        "columns": {"a": column},
        "constraints": [{"type": "not_null"}, {"type": "primary_key", "columns": ["a"]}],
        "original_file_path": "models/protected/pub_x.sql",
        "depends_on": {"nodes": ["model.datenlabor.fct"]},
    }
    nodes = {"model.x": node, "test.x": {"resource_type": "test", "name": "t"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"nodes": nodes}), "utf-8")
    (tmp_path / "semantic_manifest.json").write_text(json.dumps(semantic_manifest()), "utf-8")
    found = read_project(tmp_path)
    [model] = found.protected_models
    assert (model.name, model.layer, model.label, model.description) == (
        "pub_x",
        "protected",
        "Iks",
        "X",
    )
    assert model.column_names == {"a"}
    assert model.primary_key == ("a",)
    assert (model.columns[0].data_type, model.columns[0].label) == ("varchar", "a")
    assert model.columns[0].description == "A b"
    metric = found.metrics["m"]
    assert (metric.label, metric.description, metric.is_hidden) == ("m", "two lines", True)


def test_artifacts_that_are_missing_or_cut_off(tmp_path: Path) -> None:
    with pytest.raises(DatenlaborError, match=r"manifest\.json does not exist") as missing:
        read_project(tmp_path)
    assert "dbt parse" in missing.value.hint
    (tmp_path / "manifest.json").write_text('{"nodes":', "utf-8")
    with pytest.raises(DatenlaborError, match=r"manifest\.json is not valid JSON") as broken:
        read_project(tmp_path)
    assert "Delete it" in broken.value.hint
