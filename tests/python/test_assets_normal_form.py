"""Files change only when meaning changes: invariants of normal form and dump."""

import copy
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datenlabor.assets.bundle import KINDS
from datenlabor.assets.identity import asset_uuid, file_stem
from datenlabor.assets.normal_form import Document, complete, dump, normalise

UUIDS = [asset_uuid("charts", str(number)) for number in range(4)]
NAMES = dict(zip(UUIDS, ["Einwohner", "Größe: 'a' # b", "zwei\nZeilen", "- [x]"], strict=True))

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
keys = st.sampled_from(
    [
        *("metrics", "x_axis", "adhoc_filters", "filterOptionName", "isExtra", "datasource"),
        *("slice_id", "row_limit", "chartsInScope", "label_colors", "color", "comparator"),
    ]
)
scalars = st.none() | st.booleans() | st.integers(-9, 9) | texts | st.sampled_from(UUIDS)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
charts = st.fixed_dictionaries(
    {"uuid": st.sampled_from(UUIDS), "slice_name": texts, "dataset_uuid": st.sampled_from(UUIDS)},
    optional={
        "params": st.dictionaries(keys, values, max_size=5),
        "description": st.none() | texts,
        "cache_timeout": st.none() | st.integers(0, 3),
        "query_context": st.none(),
        "version": st.just("1.0.0"),
    },
)
columns = st.lists(
    st.fixed_dictionaries(
        {"column_name": texts},
        optional={
            "groupby": st.booleans(),
            "expression": st.none() | texts,
            "extra": st.none() | st.just({}) | st.just({"warning": "w"}),
        },
    ),
    max_size=3,
    unique_by=lambda column: str(column["column_name"]),
)
metrics = st.lists(
    st.fixed_dictionaries(
        {"metric_name": texts, "expression": texts}, optional={"currency": st.none()}
    ),
    max_size=3,
    unique_by=lambda metric: metric["metric_name"],
)
datasets = st.fixed_dictionaries(
    {"uuid": st.sampled_from(UUIDS), "table_name": texts, "columns": columns, "metrics": metrics},
    optional={"sql": st.none() | texts, "offset": st.integers(0, 1), "catalog": st.none()},
)
databases = st.fixed_dictionaries(
    {"uuid": st.sampled_from(UUIDS), "database_name": texts}, optional={"version": st.just("1.0.0")}
)


@st.composite
def dashboards(draw: st.DrawFn) -> Document:
    """A dashboard as a server or a person may write it: numbered or not, with leftovers."""
    numbered = draw(st.booleans())
    placed = draw(st.lists(st.sampled_from(UUIDS), max_size=4))
    number = {uuid: 50 + UUIDS.index(uuid) for uuid in UUIDS}
    position: Document = {"DASHBOARD_VERSION_KEY": "v2", "ROOT_ID": {"type": "ROOT", "meta": {}}}
    for index, uuid in enumerate(placed):
        meta: Document = {"uuid": uuid, "sliceName": draw(texts)}
        if numbered:
            meta["chartId"] = number[uuid]
        position[f"CHART-{index}"] = {"type": "CHART", "meta": meta}
    everywhere: st.SearchStrategy[object] = st.sampled_from([*UUIDS, 51, 999])
    filters = [
        {
            "id": "NATIVE_FILTER-1",
            "chartsInScope": [1, 2],
            "scope": {"rootPath": ["ROOT_ID"], "excluded": draw(st.lists(everywhere, max_size=3))},
            "targets": [{}],
            **draw(st.sampled_from([{}, {"type": "NATIVE_FILTER"}, {"tabsInScope": []}])),
        },
        {"id": "NATIVE_FILTER_DIVIDER-1", "type": "DIVIDER", "title": draw(texts)},
    ]
    metadata: Document = {
        "native_filter_configuration": draw(st.sampled_from([[], filters[:1], filters])),
        "chart_configuration": {"51": {}},
        "expanded_slices": {"51": True},
        "color_scheme": draw(st.none() | texts),
    }
    document = {"uuid": UUIDS[0], "dashboard_title": draw(texts), "position": position}
    optional = {"metadata": metadata, "css": draw(st.none() | st.just("")), "published": False}
    return document | {key: value for key, value in optional.items() if draw(st.booleans())}


STRATEGIES: Mapping[str, st.SearchStrategy[Document]] = {
    "charts": charts,
    "dashboards": dashboards(),
    "datasets": datasets,
    "databases": databases,
}
assets = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), STRATEGIES[kind]))
without_deadline = settings(deadline=None)


def reversed_keys(value: Any) -> Any:  # noqa: ANN401 a document of any shape
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


@without_deadline
@given(asset=assets)
def test_normal_form_of_the_normal_form_is_itself(asset: tuple[str, Document]) -> None:
    kind, document = asset
    once = normalise(kind, document)
    assert normalise(kind, once) == once


@without_deadline
@given(asset=assets)
def test_completed_asset_has_the_same_normal_form(asset: tuple[str, Document]) -> None:
    kind, document = asset
    assert normalise(kind, complete(kind, document)) == normalise(kind, document)


@without_deadline
@given(asset=assets)
def test_documents_given_are_left_alone(asset: tuple[str, Document]) -> None:
    kind, document = asset
    before = copy.deepcopy(document)
    normalise(kind, document)
    complete(kind, document)
    assert document == before


@without_deadline
@given(asset=assets)
def test_dump_holds_the_document_and_names_are_only_comments(asset: tuple[str, Document]) -> None:
    kind, document = asset
    normal = normalise(kind, document)
    text = dump(normal, NAMES, "# header\n")
    assert yaml.safe_load(text) == normal
    assert text.startswith("# header\n")
    assert dump(yaml.safe_load(text), NAMES, "# header\n") == text


@without_deadline
@given(asset=assets)
def test_order_of_keys_is_irrelevant(asset: tuple[str, Document]) -> None:
    kind, document = asset
    shuffled = reversed_keys(document)
    # The order of the layout is that of its elements: only their own keys may come in any order.
    if kind == "dashboards":
        shuffled["position"] = dict(reversed(shuffled["position"].items()))
    assert dump(normalise(kind, shuffled), NAMES) == dump(normalise(kind, document), NAMES)


@without_deadline
@given(document=dashboards())
def test_filter_scope_survives_the_way_to_a_server_and_back(document: Document) -> None:
    """In files charts are named by UUID, in Superset by a number; unknown ones are dropped."""
    sent = complete("dashboards", document)
    numbers = {
        node["meta"]["chartId"]: node["meta"]["uuid"]
        for node in sent["position"].values()
        if isinstance(node, dict) and node["type"] == "CHART"
    }
    configuration = sent["metadata"].get("native_filter_configuration", [])
    for entry in configuration:
        if "scope" in entry:
            assert entry["type"] == "NATIVE_FILTER"
            assert set(entry["scope"]["excluded"]) <= numbers.keys()
        else:
            assert entry["type"] == "DIVIDER"
    # Another server has other numbers.
    for node in sent["position"].values():
        if isinstance(node, dict) and node["type"] == "CHART":
            node["meta"]["chartId"] += 1000
    for entry in configuration:
        if "scope" in entry:
            entry["scope"]["excluded"] = [number + 1000 for number in entry["scope"]["excluded"]]
    assert normalise("dashboards", sent) == normalise("dashboards", document)


def test_excluded_charts_are_named_by_uuid() -> None:
    scope = {"rootPath": ["ROOT_ID"], "excluded": [8, 999, UUIDS[1], UUIDS[3]]}
    document: Document = {
        "position": {
            "CHART-a": {"type": "CHART", "meta": {"uuid": UUIDS[0], "chartId": 8}},
            "CHART-b": {"type": "CHART", "meta": {"uuid": UUIDS[1], "chartId": 9}},
        },
        "metadata": {"native_filter_configuration": [{"id": "f", "scope": scope}]},
    }
    normal = normalise("dashboards", document)
    [entry] = normal["metadata"]["native_filter_configuration"]
    assert entry["scope"]["excluded"] == UUIDS[:2]
    assert "chartId" not in str(normal)


@pytest.mark.parametrize(
    ("kind", "noise"),
    [
        ("charts", {"params": {"datasource": "3__table", "slice_id": 7, "dashboards": [1]}}),
        ("charts", {"params": {"adhoc_filters": [], "url_params": {}, "label_colors": {"a": 1}}}),
        ("charts", {"query_context": None, "cache_timeout": None, "version": "1.0.0"}),
        ("dashboards", {"css": "", "theme_uuid": None, "published": True}),
        (
            "dashboards",
            {"metadata": {"chart_configuration": {"5": {}}, "expanded_slices": {"5": 1}}},
        ),
        (
            "dashboards",
            {"metadata": {"timed_refresh_immune_slices": [5], "filter_scopes": {"5": 1}}},
        ),
        ("dashboards", {"metadata": {"map_label_colors": {"x": "#fff"}, "import_time": 1}}),
        ("databases", {"version": "1.0.0"}),
        ("datasets", {"columns": [], "metrics": [], "sql": None, "folders": []}),
    ],
)
def test_what_superset_adds_on_its_own_is_dropped(kind: str, noise: Document) -> None:
    plain: Mapping[str, Document] = {
        "charts": {"slice_name": "x"},
        "dashboards": {"dashboard_title": "x", "position": {}},
        "datasets": {"table_name": "x", "columns": [], "metrics": []},
        "databases": {"database_name": "x"},
    }
    assert normalise(kind, plain[kind] | noise) == normalise(kind, plain[kind])


def test_noise_within_filters_is_dropped() -> None:
    noisy = {
        "clause": "WHERE",
        "subject": "peer_group",
        "comparator": ["Stadt"],
        "filterOptionName": "filter_x1",
        "isExtra": False,
        "isNew": False,
        "datasourceWarning": False,
        "sqlExpression": None,
    }
    normal = normalise("charts", {"params": {"adhoc_filters": [noisy]}})
    assert normal["params"]["adhoc_filters"] == [
        {"clause": "WHERE", "subject": "peer_group", "comparator": ["Stadt"]}
    ]


def test_what_was_chosen_stays() -> None:
    chosen = {"show_legend": False, "row_limit": 0, "metrics": ["population"], "title": "0"}
    assert normalise("charts", {"params": chosen})["params"] == chosen
    assert normalise("dashboards", {"published": False})["published"] is False


def test_uuid_within_a_text_is_no_reference() -> None:
    code = f"Zeile 1\n\nuuid: {UUIDS[0]}\nletztes Wort {UUIDS[0]}"
    document = {
        "description": f"{'lang ' * 18}{UUIDS[0]}",
        "meta": {"code": code},
        "uuid": UUIDS[1],
    }
    text = dump(document, NAMES)
    assert yaml.safe_load(text) == document
    assert "#" not in text


def test_reference_is_followed_by_the_name() -> None:
    text = dump({"dataset_uuid": UUIDS[0], "excluded": [UUIDS[1]], "uuid": UUIDS[3]}, NAMES)
    assert text == (
        f"dataset_uuid: {UUIDS[0]}  # Einwohner\n"
        f"excluded:\n- {UUIDS[1]}  # Größe: 'a' # b\n"
        f"uuid: {UUIDS[3]}\n"
    )


def test_equal_parts_are_written_out() -> None:
    """Else the text would depend on whether two lists happen to be one object in memory."""
    shared = ["Stadt"]
    text = dump({"a": shared, "b": shared}, {})
    assert text == dump({"a": ["Stadt"], "b": ["Stadt"]}, {})
    assert "&" not in text


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Überschuldung: Größe & Maß", "Ueberschuldung_Groesse_Mass"),
        ("U\u0308berblick", "Ueberblick"),
        ("  Café / 2024 (Kreis) ", "Cafe_2024_Kreis"),
        ("ÄÖÜ äöü ß", "AeOeUe_aeoeue_ss"),
        ("../../etc/passwd", "etc_passwd"),
    ],
)
def test_file_name_of_a_title(title: str, stem: str) -> None:
    assert file_stem(title) == stem


@given(title=st.text())
def test_file_name_is_plain_and_stays(title: str) -> None:
    stem = file_stem(title)
    assert set(stem) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
    assert file_stem(stem) == stem


def test_uuid_is_stable() -> None:
    """Servers know assets by it: it must not change with a new version of the code."""
    assert asset_uuid("databases", "Datenlabor") == "87d95aac-6adc-5f6e-8cf6-4d1dfdc5c6a8"
    assert asset_uuid("charts", "x") != asset_uuid("dashboards", "x")
