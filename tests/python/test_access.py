"""What published tables must have so that everyone sees exactly what they may."""

from pathlib import Path

import pytest
import yaml

from datenlabor.paths import PROJECT

Columns = dict[str, str]


def _published() -> dict[str, Columns]:
    """Return the columns of every published table with their types, as the contracts say."""
    models = [
        model
        for file in sorted((PROJECT / "models" / "protected").glob("pub_*.yml"))
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    ]
    return {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"]}
        for model in models
    }


TABLES = _published()


@pytest.mark.parametrize("table", TABLES)
def test_a_table_with_areas_says_whose_municipality_they_are(table: str) -> None:
    """The row-level rule holds for tables with this column, and for no others."""
    has_areas = any(name.startswith("area_") for name in TABLES[table])
    assert (TABLES[table].get("municipality_code") == "varchar") == has_areas


def test_all_models_of_the_layer_are_looked_at() -> None:
    models = {file.stem for file in Path(PROJECT, "models", "protected").glob("pub_*.sql")}
    assert models == set(TABLES)
