"""A pull brings exactly what people changed on our dashboards; a push brings the files."""

import copy
from pathlib import Path

import pytest
import yaml

from datenlabor.assets.bundle import KINDS, Bundle, read_archive, read_folder
from datenlabor.assets.datasets import generate_datasets
from datenlabor.assets.exchange import pulled_files, write_files
from datenlabor.assets.exposures import exposures_yaml
from datenlabor.assets.identity import asset_uuid
from datenlabor.assets.normal_form import Document
from datenlabor.errors import DatenlaborError
from datenlabor.semantics.artifacts import Column, Metric, Model, Project, SemanticModel

DATABASE, DATASET, CHART, OTHER, DASHBOARD = (asset_uuid("x", name) for name in "abcde")
FOREIGN_DATASET, FOREIGN_CHART, FOREIGN_DASHBOARD = (asset_uuid("y", name) for name in "abc")


def bundle_of(**documents: list[Document]) -> Bundle:
    return Bundle({kind: {d["uuid"]: d for d in documents.get(kind, [])} for kind in KINDS})


def dataset(uuid: str = DATASET, name: str = "pub_x") -> Document:
    return {
        "uuid": uuid,
        "database_uuid": DATABASE,
        "table_name": name,
        "columns": [{"column_name": "year"}, {"column_name": "area"}],
        "metrics": [{"metric_name": "population", "expression": "SUM(n)"}],
    }


def chart(uuid: str, title: str, of: str = DATASET) -> Document:
    return {
        "uuid": uuid,
        "dataset_uuid": of,
        "slice_name": title,
        "params": {"metrics": ["population"], "x_axis": "year"},
    }


def dashboard(uuid: str, title: str, *charts: str) -> Document:
    position: Document = {"ROOT_ID": {"type": "ROOT", "children": ["GRID_ID"]}}
    position["GRID_ID"] = {"type": "GRID", "children": [f"CHART-{uuid}" for uuid in charts]}
    for placed in charts:
        meta = {"uuid": placed, "sliceName": "Einwohner", "width": 4}
        position[f"CHART-{placed}"] = {"type": "CHART", "meta": meta}
    native_filter = {
        "id": "NATIVE_FILTER-1",
        "scope": {"rootPath": ["ROOT_ID"], "excluded": list(charts[1:])},
        "targets": [{"column": {"name": "area"}, "datasetUuid": DATASET}],
    }
    return {
        "uuid": uuid,
        "dashboard_title": title,
        "slug": title.lower().replace(" ", "-"),
        "description": f"Über {title}",
        "position": position,
        "metadata": {"native_filter_configuration": [native_filter]},
    }


@pytest.fixture
def local() -> Bundle:
    return bundle_of(
        databases=[{"uuid": DATABASE, "database_name": "D", "sqlalchemy_uri": "duckdb:///$HOME"}],
        datasets=[dataset()],
        charts=[chart(CHART, "Einwohner"), chart(OTHER, "Größe")],
        dashboards=[dashboard(DASHBOARD, "Blick auf alles", CHART, OTHER)],
    )


@pytest.fixture
def server(local: Bundle) -> Bundle:
    """What a server returns after a push: the files, completed, and what it adds on its own."""
    copied = read_archive(local.archive({"$HOME": "/srv/lab"}))
    for item in copied.assets["charts"].values():
        item["params"] |= {"datasource": "12__table", "slice_id": 40, "dashboards": [3]}
    for item in copied.assets["dashboards"].values():
        item["metadata"] |= {"chart_configuration": {"1": {"id": 1}}, "expanded_slices": {}}
        for entry in item["metadata"]["native_filter_configuration"]:
            entry |= {"chartsInScope": [1], "tabsInScope": []}
    return copied


def test_nothing_changed(local: Bundle, server: Bundle, tmp_path: Path) -> None:
    write_files(tmp_path, local.files())
    assert pulled_files(local, server) == local.files()
    assert write_files(tmp_path, pulled_files(read_folder(tmp_path), server)) == []


def test_chart_with_a_new_title_moves_to_a_new_file(
    local: Bundle, server: Bundle, tmp_path: Path
) -> None:
    """The name under which the dashboard shows it stays as it comes: Superset keeps them apart."""
    write_files(tmp_path, local.files())
    server.assets["charts"][CHART]["slice_name"] = "Bevölkerung"
    changed = write_files(tmp_path, pulled_files(local, server))
    assert changed == [
        "charts/Einwohner.yaml",
        "charts/Bevoelkerung.yaml",
        "dashboards/Blick_auf_alles.yaml",
    ]
    assert not (tmp_path / "charts/Einwohner.yaml").exists()
    text = (tmp_path / "dashboards/Blick_auf_alles.yaml").read_text("utf-8")
    assert f"uuid: {CHART}  # Bevölkerung\n" in text
    before = local.files()["dashboards/Blick_auf_alles.yaml"]
    assert yaml.safe_load(text) == yaml.safe_load(before)
    assert "sliceName: Einwohner" in text


def test_changed_setting_of_a_chart_changes_its_file_alone(
    local: Bundle, server: Bundle, tmp_path: Path
) -> None:
    write_files(tmp_path, local.files())
    server.assets["charts"][CHART]["params"]["x_axis"] = "area"
    assert write_files(tmp_path, pulled_files(local, server)) == ["charts/Einwohner.yaml"]


def test_chart_taken_off_the_dashboard_leaves_the_files(local: Bundle, server: Bundle) -> None:
    """Superset keeps its number in the scope of filters."""
    del server.assets["dashboards"][DASHBOARD]["position"][f"CHART-{OTHER}"]
    files = pulled_files(local, server)
    assert "charts/Groesse.yaml" not in files
    [entry] = yaml.safe_load(files["dashboards/Blick_auf_alles.yaml"])["metadata"][
        "native_filter_configuration"
    ]
    assert entry["scope"]["excluded"] == []
    # What was pulled can be pushed.
    assert pulled_files(local, server)


def extended(bundle: Bundle, kind: str, *documents: Document) -> Bundle:
    added = {document["uuid"]: document for document in documents}
    return Bundle({**bundle.assets, kind: {**bundle.assets[kind], **added}})


def test_drafts_and_what_stands_on_other_data_stay_on_the_server(
    local: Bundle, server: Bundle
) -> None:
    draft = dashboard(FOREIGN_DASHBOARD, "Entwurf", CHART) | {"published": False}
    mixed = dashboard(asset_uuid("y", "m"), "Gemischt", CHART, FOREIGN_CHART)
    dangling = dashboard(asset_uuid("y", "d"), "Lücke", asset_uuid("y", "nowhere"))
    no_data = chart(asset_uuid("y", "n"), "Ohne Datensatz")
    del no_data["dataset_uuid"]
    without = dashboard(asset_uuid("y", "w"), "Ohne", no_data["uuid"])
    foreign = chart(FOREIGN_CHART, "Fremd", FOREIGN_DATASET)
    unused = chart(asset_uuid("y", "unused"), "Versuch")
    server = extended(server, "dashboards", draft, mixed, dangling, without)
    server = extended(server, "charts", foreign, no_data, unused)
    server = extended(server, "datasets", dataset(FOREIGN_DATASET, "uploaded"))
    assert pulled_files(local, server) == local.files()


def test_new_dashboard_on_our_data_is_taken_over(local: Bundle, server: Bundle) -> None:
    server = extended(server, "charts", chart(FOREIGN_CHART, "Neu"))
    board = dashboard(FOREIGN_DASHBOARD, "Neue Sicht", FOREIGN_CHART, CHART)
    server = extended(server, "dashboards", board)
    files = pulled_files(local, server)
    assert files.keys() - local.files().keys() == {
        "charts/Neu.yaml",
        "dashboards/Neue_Sicht.yaml",
    }


def test_database_stays_as_it_is_in_the_files(local: Bundle, server: Bundle) -> None:
    """The server knows the path of its machine, and may hide parts of the address."""
    database = server.assets["databases"][DATABASE]
    assert database["sqlalchemy_uri"] == "duckdb:////srv/lab"
    assert pulled_files(local, server)["databases/D.yaml"] == local.files()["databases/D.yaml"]


@pytest.mark.parametrize("part", ["columns", "metrics"])
def test_changed_dataset_is_refused(local: Bundle, server: Bundle, part: str) -> None:
    server.assets["datasets"][DATASET][part][0]["description"] = "by hand"
    before = copy.deepcopy(server)
    with pytest.raises(DatenlaborError, match="Dataset pub_x was changed in Superset") as caught:
        pulled_files(local, server)
    assert "dbt project" in caught.value.hint
    assert "datenlabor assets push" in caught.value.hint
    assert server == before


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    files = {"charts/a.yaml": "a: 1\n", "datasets/D/b.yaml": "b: 1\n"}
    assert write_files(tmp_path, files) == ["charts/a.yaml", "datasets/D/b.yaml"]
    stamps = {path: (tmp_path / path).stat().st_mtime_ns for path in files}
    (tmp_path / "metadata.yaml").write_text("keep", "utf-8")
    (tmp_path / "charts/notes.txt").write_text("keep", "utf-8")
    (tmp_path / "charts/old.yaml").write_text("old", "utf-8")
    assert write_files(tmp_path, files | {"charts/a.yaml": "a: 2\n"}) == [
        "charts/old.yaml",
        "charts/a.yaml",
    ]
    assert (tmp_path / "charts/a.yaml").read_text("utf-8") == "a: 2\n"
    assert (tmp_path / "datasets/D/b.yaml").stat().st_mtime_ns == stamps["datasets/D/b.yaml"]
    assert {file.name for file in tmp_path.rglob("*.*")} == {
        *("metadata.yaml", "notes.txt", "a.yaml", "b.yaml")
    }


# What is generated.


def test_exposures_name_tables_and_metrics_of_each_dashboard(local: Bundle) -> None:
    [exposure] = yaml.safe_load(exposures_yaml(local))["exposures"]
    assert exposure["name"] == "blick_auf_alles"
    assert exposure["label"] == "Blick auf alles"
    assert exposure["depends_on"] == ["ref('pub_x')", "metric('population')"]


def project(column: Column, **meta: object) -> Project:
    model = Model(
        name="pub_x",
        schema="protected",
        layer="protected",
        description="X",
        label="X",
        is_essential=False,
        columns=(column, Column("year", "date", "Jahr.", "Jahr")),
        primary_key=(),
        foreign_keys=(),
        path="models/protected/pub_x.yml",
        depends_on=(),
    )
    params = {
        "expr": "n",
        "metric_aggregation_params": {
            "semantic_model": "x",
            "agg": "sum",
            "non_additive_dimension": None,
        },
        "fill_nulls_with": None,
        "join_to_timespine": False,
    }
    spec = {"name": "total", "filter": None, "type_params": params}
    metrics = {
        name: Metric(name, "Summe", "Die Summe.", "simple", name == "hidden", meta, spec)
        for name in ("total", "hidden")
    }
    semantic = SemanticModel("x", "pub_x", "year", frozenset())
    return Project({"pub_x": model}, {"x": semantic}, metrics)


NUMBER = Column("n", "decimal(18,2)", "Zahl.", "Zahl")


def test_dataset_has_the_columns_and_visible_metrics_of_its_model() -> None:
    [made] = generate_datasets(project(NUMBER, unit="Euro", format=",.0f", currency="EUR"))
    assert made["uuid"] == asset_uuid("datasets", "pub_x")
    assert made["main_dttm_col"] == "year"
    number, year = made["columns"]
    assert (number["verbose_name"], number["groupby"], number["is_dttm"]) == ("Zahl", False, False)
    assert (year["type"], year["groupby"], year["is_dttm"]) == ("DATE", True, True)
    [metric] = made["metrics"]
    assert (metric["metric_name"], metric["expression"]) == ("total", "SUM(n)")
    assert metric["description"] == "Die Summe. Einheit: Euro."
    assert metric["d3format"] == ",.0f"
    assert metric["currency"] == {"symbol": "EUR", "symbolPosition": "suffix"}


def test_column_without_german_label_is_named() -> None:
    with pytest.raises(DatenlaborError, match=r"pub_x\.yml: no German label for column n") as error:
        generate_datasets(project(Column("n", "double", "", "n"), unit="Euro", format="f"))
    assert "label" in error.value.hint


@pytest.mark.parametrize("meta", [{"unit": "Euro"}, {"format": ",.0f"}])
def test_visible_metric_without_unit_or_format_is_named(meta: dict[str, str]) -> None:
    with pytest.raises(DatenlaborError, match=r"Metric total has no (unit|format)") as caught:
        generate_datasets(project(NUMBER, **meta))
    assert "config" in caught.value.hint


def test_a_dashboard_left_out_for_want_of_data_is_not_lost_by_a_pull() -> None:
    essential = {**dataset(FOREIGN_DATASET, "pub_map"), "extra": {"is_essential": True}}
    full = bundle_of(
        databases=[{"uuid": DATABASE, "database_name": "D", "sqlalchemy_uri": "duckdb:///$HOME"}],
        datasets=[dataset(), essential],
        charts=[chart(CHART, "Einwohner"), chart(FOREIGN_CHART, "Karte", FOREIGN_DATASET)],
        dashboards=[
            dashboard(DASHBOARD, "Blick auf alles", CHART),
            dashboard(FOREIGN_DASHBOARD, "Gebiete", FOREIGN_CHART),
        ],
    )
    without_map = read_archive(full.without_empty_dashboards({"pub_map"}).archive({}))
    assert FOREIGN_DASHBOARD not in without_map.assets["dashboards"]
    assert pulled_files(full, without_map) == full.files()
