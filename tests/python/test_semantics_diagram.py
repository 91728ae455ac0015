"""The entity-relationship diagrams of the star schema."""

import json
from pathlib import Path
from typing import Any

import pytest

from datenlabor.errors import DatenlaborError
from datenlabor.semantics.artifacts import ForeignKey, Project, read_project
from datenlabor.semantics.diagram import star_schema


def _model(name: str, folder: str, keys: list[str], columns: list[str]) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "schema": "marts",
        "fqn": ["datenlabor", "marts", folder, name],
        "description": "",
        "config": {"meta": {}},
        "columns": {
            column: {
                "name": column,
                "data_type": "varchar",
                "description": "",
                "config": {"meta": {}},
            }
            for column in columns
        },
        "constraints": [{"type": "primary_key", "columns": keys}],
        "original_file_path": f"models/marts/{folder}/{name}.sql",
        "depends_on": {"nodes": []},
    }


def _test(name: str, **kwargs: object) -> dict[str, Any]:
    return {
        "resource_type": "test",
        "attached_node": "fct",
        "test_metadata": {"name": name, "kwargs": kwargs},
    }


def _project(folder: Path, to: str = 'ref("dim_area")') -> Project:
    keys = {"area_key": "dim_area", "base_unit_code": "catalogue_unit.unit_code"}
    nodes = {
        "dim": _model("dim_area", "core", ["area_key"], ["area_key", "area_name"]),
        "fct": _model("fct_flow", "social", ["flow_key"], ["flow_key", "area_key", "part_key"]),
        "references": _test("references", keys=keys),
        "relationship": _test("relationships", column_name="part_key", to=to, field="area_key"),
    }
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}))
    (folder / "semantic_manifest.json").write_text('{"semantic_models": [], "metrics": []}')
    return read_project(folder)


def test_foreign_keys_are_those_that_tests_guard(tmp_path: Path) -> None:
    assert _project(tmp_path).models["fct_flow"].foreign_keys == (
        ForeignKey("area_key", "dim_area", "area_key"),
        ForeignKey("base_unit_code", "catalogue_unit", "unit_code"),
        ForeignKey("part_key", "dim_area", "area_key"),
    )


def test_a_diagram_shows_keys_and_relations_within_the_star(tmp_path: Path) -> None:
    text = star_schema(_project(tmp_path))
    core, social = text.split("## Social")
    assert "varchar area_key PK\n" in core
    assert "area_name" not in text
    assert "varchar area_key FK\n" in social
    assert 'dim_area ||--o{ fct_flow : "area_key, part_key"' in social
    assert "catalogue_unit" not in text


def test_a_key_that_refers_to_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatenlaborError, match="no ref"):
        _project(tmp_path, to="source('a', 'b')")
