"""Every rule of the offline proof: one thing broken in the real assets, exactly one complaint."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from datenlabor.assets.bundle import Bundle, path_of, read_folder, title
from datenlabor.assets.exchange import write_files
from datenlabor.assets.links import keys, read_links
from datenlabor.assets.normal_form import Document, dump
from datenlabor.assets.references import charts_of, filter_targets
from datenlabor.assets.validation import problems
from datenlabor.paths import ASSETS

NOBODY = "00000000-0000-5000-8000-000000000000"


@dataclass(frozen=True)
class Folder:
    """A copy of the assets of the checkout that may be broken."""

    path: Path

    def bundle(self) -> Bundle:
        return read_folder(self.path)

    def write(self, bundle: Bundle) -> None:
        write_files(self.path, bundle.files())

    def problems(self) -> list[str]:
        """Validate against datasets that are exactly those in the folder."""
        expected = {
            str(path.relative_to(self.path)): path.read_text("utf-8")
            for path in self.path.glob("datasets/**/*.yaml")
        }
        return problems(self.path, expected, keys(read_links()))


@pytest.fixture(scope="module", autouse=True)
def remembered() -> Iterator[None]:
    """Write the text of a document once: of two hundred a test breaks one, and the rest is slow."""
    texts: dict[tuple[str, str, str], str] = {}

    def remember(document: Document, names: Mapping[str, str], header: str = "") -> str:
        key = repr(document), repr(names), header
        if key not in texts:
            texts[key] = dump(document, names, header)
        return texts[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datenlabor.assets.bundle.dump", remember)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(Path(shutil.copytree(ASSETS, tmp_path / "assets")))


def first(bundle: Bundle, kind: str) -> Document:
    return next(iter(bundle.assets[kind].values()))


def dataset_of(bundle: Bundle, chart: Document) -> str:
    return str(bundle.assets["datasets"][chart["dataset_uuid"]]["table_name"])


def test_the_assets_of_the_checkout_hold(folder: Folder) -> None:
    assert folder.problems() == []
    assert write_files(folder.path, folder.bundle().files()) == []


# Charts.

SQL_METRIC = {"expressionType": "SQL", "sqlExpression": "SUM(n)", "label": "n"}
SQL_FILTER = {"expressionType": "SQL", "clause": "WHERE", "sqlExpression": "1 = 1"}
OTHER_FILTER = {"expressionType": "SIMPLE", "subject": "ghost", "operator": "==", "comparator": 1}
NO_COLUMN = "column ghost does not exist in {dataset}."
NO_METRIC = "metric ghost does not exist in {dataset}."


@pytest.mark.parametrize(
    ("params", "complaints"),
    [
        ({"x_axis": "ghost"}, [NO_COLUMN]),
        ({"groupby": ["ghost"]}, [NO_COLUMN]),
        ({"groupby_b": ["ghost"]}, [NO_COLUMN]),
        ({"all_columns": ["ghost", "ghost"]}, [NO_COLUMN]),
        ({"order_by_cols": ['["ghost", true]']}, [NO_COLUMN]),
        ({"adhoc_filters": [OTHER_FILTER]}, [NO_COLUMN]),
        ({"adhoc_filters_b": [OTHER_FILTER]}, [NO_COLUMN]),
        (
            {"column_config": {"ghost": {}, "other": {"a": 1}}},
            [NO_COLUMN, "column other does not exist in {dataset}."],
        ),
        ({"conditional_formatting": [{"column": "ghost", "operator": ">"}]}, [NO_COLUMN]),
        ({"line_column": "ghost"}, [NO_COLUMN]),
        ({"dimension": "ghost"}, [NO_COLUMN]),
        ({"spatial": {"type": "latlong", "latCol": "ghost", "lonCol": "ghost"}}, [NO_COLUMN]),
        ({"tooltip_contents": ["ghost"]}, [NO_COLUMN]),
        ({"tooltip_contents": [{"item_type": "column", "column_name": "ghost"}]}, [NO_COLUMN]),
        ({"x_axis_sort": "ghost"}, [NO_COLUMN]),
        ({"x_axis_sort": "name"}, []),
        ({"metric": "ghost"}, [NO_METRIC]),
        ({"metrics": ["ghost"]}, [NO_METRIC]),
        ({"metrics_b": ["ghost"]}, [NO_METRIC]),
        ({"series_limit_metric": "ghost"}, [NO_METRIC]),
        (
            {"metrics": [SQL_METRIC]},
            [
                "contains a formula: params.metrics[0].sqlExpression = 'SUM(n)'.",
                f"contains a formula: params.metrics defines {dict(sorted(SQL_METRIC.items()))}.",
            ],
        ),
        (
            {"adhoc_filters": [SQL_FILTER]},
            ["contains a formula: params.adhoc_filters[0].sqlExpression = '1 = 1'."],
        ),
        ({"rolling_type": "mean"}, ["contains a formula: params.rolling_type = 'mean'."]),
        ({"contributionMode": "row"}, ["contains a formula: params.contributionMode = 'row'."]),
        ({"compare_lag": 1}, ["contains a formula: params.compare_lag = 1."]),
        ({"colTotals": True}, ["contains a formula: params.colTotals = True."]),
        ({"colTotals": False, "compare_lag": 0}, []),
        ({"query_mode": "sql"}, ["contains a formula: params.query_mode = 'sql'."]),
        (
            {"annotation_layers": [{"annotationType": "FORMULA", "value": "x"}]},
            ["contains a formula: params.annotation_layers[0].annotationType = 'FORMULA'."],
        ),
        ({"rolling_type": "None", "time_compare": [], "adhoc_filters": []}, []),
    ],
)
def test_settings_of_a_chart(
    folder: Folder, params: dict[str, object], complaints: list[str]
) -> None:
    bundle = folder.bundle()
    chart = first(bundle, "charts")
    chart["params"] = {"viz_type": "table", **params}
    folder.write(bundle)
    names = {"dataset": dataset_of(bundle, chart)}
    where = f"Chart {chart['slice_name']}: "
    expected = [where + text.replace("{dataset}", names["dataset"]) for text in complaints]
    assert sorted(folder.problems()) == sorted(expected)


def test_chart_on_an_unknown_dataset(folder: Folder) -> None:
    bundle = folder.bundle()
    chart = first(bundle, "charts")
    chart["dataset_uuid"] = NOBODY
    folder.write(bundle)
    assert folder.problems() == [
        f"Chart {chart['slice_name']}: its dataset {NOBODY} does not exist."
    ]
    del chart["dataset_uuid"]
    folder.write(bundle)
    assert folder.problems() == [f"Chart {chart['slice_name']}: its dataset None does not exist."]


def test_chart_without_description(folder: Folder) -> None:
    bundle = folder.bundle()
    chart = first(bundle, "charts")
    chart["description"] = ""
    folder.write(bundle)
    assert folder.problems() == [
        f"Chart {chart['slice_name']}: has no description that names source and state of its data."
    ]


def test_chart_on_no_dashboard(folder: Folder) -> None:
    bundle = folder.bundle()
    orphan = first(bundle, "charts") | {"uuid": NOBODY, "slice_name": "Niemandes Diagramm"}
    charts = {**bundle.assets["charts"], NOBODY: orphan}
    folder.write(Bundle({**bundle.assets, "charts": charts}))
    assert folder.problems() == ["Chart Niemandes Diagramm: is on no dashboard."]


# Dashboards.


def broken_dashboards() -> Iterator[tuple[str, Callable[[Document, Bundle], None], str]]:
    def unknown_chart(dashboard: Document, _: Bundle) -> None:
        meta = {"uuid": NOBODY, "width": 4}
        dashboard["position"]["CHART-x"] = {"type": "CHART", "id": "CHART-x", "meta": meta}
        dashboard["position"]["GRID_ID"]["children"].append("CHART-x")

    def missing_child(dashboard: Document, _: Bundle) -> None:
        dashboard["position"]["GRID_ID"]["children"].append("ROW-x")

    def lost_row(dashboard: Document, _: Bundle) -> None:
        dashboard["position"]["ROW-x"] = {"type": "ROW", "id": "ROW-x", "children": []}

    def filter_on(dashboard: Document, uuid: str) -> None:
        entry = {
            "id": "NATIVE_FILTER-x",
            "filterType": "filter_select",
            "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
            "targets": [{"column": {"name": "ghost"}, "datasetUuid": uuid}, {}],
        }
        divider = {"id": "NATIVE_FILTER_DIVIDER-x", "type": "DIVIDER", "title": "t"}
        dashboard["metadata"].setdefault("native_filter_configuration", []).extend([entry, divider])

    def filter_on_missing_column(dashboard: Document, bundle: Bundle) -> None:
        filter_on(dashboard, first(bundle, "datasets")["uuid"])

    def filter_on_missing_dataset(dashboard: Document, _: Bundle) -> None:
        filter_on(dashboard, NOBODY)

    def no_slug(dashboard: Document, _: Bundle) -> None:
        dashboard["slug"] = None

    def no_description(dashboard: Document, _: Bundle) -> None:
        del dashboard["description"]

    yield "unknown chart", unknown_chart, f"chart {NOBODY} does not exist."
    yield "child", missing_child, "layout element GRID_ID contains ROW-x, which does not exist."
    yield "row", lost_row, "layout element ROW-x is nowhere."
    yield "filter column", filter_on_missing_column, "column ghost does not exist in {dataset}."
    yield (
        "filter dataset",
        filter_on_missing_dataset,
        f"a filter reads dataset {NOBODY}, which does not exist.",
    )
    yield "slug", no_slug, "needs a slug and a description."
    yield "description", no_description, "needs a slug and a description."


@pytest.mark.parametrize(
    ("change", "complaint"),
    [pytest.param(change, text, id=name) for name, change, text in broken_dashboards()],
)
def test_dashboard(
    folder: Folder, change: Callable[[Document, Bundle], None], complaint: str
) -> None:
    bundle = folder.bundle()
    dashboard = first(bundle, "dashboards")
    change(dashboard, bundle)
    folder.write(bundle)
    text = complaint.replace("{dataset}", first(bundle, "datasets")["table_name"])
    assert folder.problems() == [f"Dashboard {dashboard['dashboard_title']}: {text}"]


def test_filter_that_is_narrowed_by_unknown_column_or_formula(folder: Folder) -> None:
    bundle = folder.bundle()
    dashboard = next(item for item in bundle.assets["dashboards"].values() if filter_targets(item))
    chosen = dashboard["metadata"]["native_filter_configuration"][0]
    dataset = bundle.assets["datasets"][chosen["targets"][0]["datasetUuid"]]["table_name"]
    chosen["adhoc_filters"] = [{"subject": "nowhere", "operator": "IN", "comparator": [1]}]
    folder.write(bundle)
    where = f"Dashboard {dashboard['dashboard_title']}: "
    assert folder.problems() == [f"{where}column nowhere does not exist in {dataset}."]
    chosen["adhoc_filters"] = [SQL_FILTER]
    folder.write(bundle)
    text = "adhoc_filters[0].sqlExpression = '1 = 1'"
    assert folder.problems() == [f"{where}filter {chosen['name']} contains a formula: {text}."]


def test_filter_that_is_ordered_by_an_unknown_metric(folder: Folder) -> None:
    bundle = folder.bundle()
    dashboard = next(item for item in bundle.assets["dashboards"].values() if filter_targets(item))
    chosen = dashboard["metadata"]["native_filter_configuration"][0]
    dataset = bundle.assets["datasets"][chosen["targets"][0]["datasetUuid"]]["table_name"]
    chosen["sortMetric"] = "ghost"
    folder.write(bundle)
    where = f"Dashboard {dashboard['dashboard_title']}: "
    assert folder.problems() == [f"{where}metric ghost does not exist in {dataset}."]


def test_dashboard_that_lost_a_chart(folder: Folder) -> None:
    """Deleting the file of a chart that is still on a dashboard."""
    bundle = folder.bundle()
    dashboard = first(bundle, "dashboards")
    [uuid, *_] = charts_of(dashboard)
    chart = bundle.assets["charts"][uuid]
    (folder.path / path_of("charts", chart)).unlink()
    # The comment behind the UUID goes with the name.
    folder.write(folder.bundle())
    assert {text.split(": ", 1)[1] for text in folder.problems()} == {
        f"chart {uuid} does not exist."
    }


# Datasets and the database.


def test_dataset_with_sql_or_formula(folder: Folder) -> None:
    bundle = folder.bundle()
    dataset = first(bundle, "datasets")
    dataset["sql"] = "select 1"
    dataset["columns"][0]["expression"] = "a / b"
    folder.write(bundle)
    column = dataset["columns"][0]["column_name"]
    where = f"Dataset {dataset['table_name']}"
    assert folder.problems() == [
        f"{where}: contains SQL of its own; only tables are allowed.",
        f"{where}: column {column} contains a formula.",
    ]


def test_dataset_of_another_database(folder: Folder) -> None:
    bundle = folder.bundle()
    dataset = first(bundle, "datasets")
    dataset["database_uuid"] = NOBODY
    folder.write(bundle)
    assert folder.problems() == [
        f"Dataset {dataset['table_name']}: its database is not in the bundle."
    ]


def test_dataset_out_of_date_missing_or_too_many(folder: Folder) -> None:
    current = {
        str(path.relative_to(folder.path)): path.read_text("utf-8")
        for path in folder.path.glob("datasets/**/*.yaml")
    }
    path = next(iter(current))
    stale = f"{path}: not what dbt says; run `datenlabor assets generate`."
    links = keys(read_links())
    newer = current | {path: current[path] + "# newer\n"}
    assert problems(folder.path, newer, links) == [stale]
    fewer = {key: current[key] for key in current.keys() - {path}}
    assert problems(folder.path, fewer, links) == [stale]
    new = "datasets/Datenlabor/pub_new.yaml"
    assert problems(folder.path, current | {new: ""}, links) == [stale.replace(path, new)]


@pytest.mark.parametrize(
    "arguments",
    [
        {"read_only": False},
        {"read_only": "true"},
        {"config": {}},
        {"config": {"enable_external_access": "true"}},
    ],
)
def test_database_that_is_open(folder: Folder, arguments: Document) -> None:
    bundle = folder.bundle()
    database = first(bundle, "databases")
    database["extra"]["engine_params"]["connect_args"] |= arguments
    folder.write(bundle)
    assert folder.problems() == ["Database Datenlabor: its connection is not hardened."]


@pytest.mark.parametrize("extra", [None, {}, {"engine_params": {}}, {"engine_params": None}])
def test_database_without_arguments(folder: Folder, extra: Document | None) -> None:
    bundle = folder.bundle()
    first(bundle, "databases")["extra"] = extra
    folder.write(bundle)
    assert folder.problems() == ["Database Datenlabor: its connection is not hardened."]


def test_database_with_the_address_of_one_machine(folder: Folder) -> None:
    bundle = folder.bundle()
    first(bundle, "databases")["sqlalchemy_uri"] = "duckdb:////srv/lab/datenlabor.duckdb"
    folder.write(bundle)
    assert folder.problems() == ["Database Datenlabor: its address is that of one machine."]


# Files.


@pytest.mark.parametrize("kind", ["charts", "dashboards", "databases"])
def test_file_that_is_not_normal(folder: Folder, kind: str) -> None:
    path = path_of(kind, first(folder.bundle(), kind))
    file = folder.path / path
    file.write_text("# made by hand\n" + file.read_text("utf-8"), "utf-8")
    sentence = f"{path}: not in normal form; run `datenlabor assets normalise`."
    assert folder.problems() == [sentence]
    folder.write(folder.bundle())
    assert folder.problems() == []


def test_file_that_is_not_named_after_its_title(folder: Folder) -> None:
    chart = first(folder.bundle(), "charts")
    file = folder.path / path_of("charts", chart)
    file.rename(file.with_name("Anders.yaml"))
    assert title("charts", chart) != "Anders"
    assert folder.problems() == [
        (
            "charts/Anders.yaml: the file is not named after its title; "
            "run `datenlabor assets normalise`."
        )
    ]
    folder.write(folder.bundle())
    assert folder.problems() == []
    assert file.exists()
