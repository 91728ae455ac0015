"""Attacks through the data of charts, as everyone who sees a dashboard."""

import pytest
from access_world import OTHER, OTHER_AREA, ROLES, STAFF, World
from visitors import ANONYMOUS

TABLE = "pub_indicator_overview"
VIEWERS = [role for role in ROLES if role != "Analyse"]
REFUSED = {400, 401, 403, 404, 422}


def expression(sql: str) -> dict[str, str]:
    """Return a column, metric or filter that somebody has written himself."""
    return {"expressionType": "SQL", "sqlExpression": sql, "label": "x"}


def condition(column: object, value: str) -> dict[str, object]:
    return {"col": column, "op": "==", "val": value}


# Changes to a query that one's own dashboard may send; none may lead beyond its table.
INJECTIONS: dict[str, dict[str, object]] = {
    "value of a filter": {"filters": [condition("area_name", "x' or '1'='1")]},
    "value of a filter, closed": {"filters": [condition("area_name", "x')) or (1=1) --")]},
    "name of a column": {"filters": [condition("area_name\" = '' or 1=1 --", "x")]},
    "municipality": {"filters": [condition("municipality_code", OTHER)]},
    "written filter": {"filters": [condition(expression("1=1) or (1=1"), "x")]},
    "condition": {"extras": {"where": f"municipality_code = '{OTHER}'"}},
    "condition that is always true": {"extras": {"where": "1 = 1 or area_code is not null"}},
    "condition that closes the brackets": {"extras": {"where": "1 = 1) or (1 = 1"}},
    "condition with a comment": {"extras": {"where": "1 = 1) --"}},
    "condition with a second table": {
        "extras": {"where": "area_code in (select area_code from protected.pub_area_geometry)"}
    },
    "condition with another query": {
        "extras": {"where": "1 = 0) union select area_name from protected.pub_area_geometry --"}
    },
    "condition with another statement": {"extras": {"where": "1=1); drop table x; select (1"}},
    "condition after grouping": {"extras": {"having": "1 = 1) or (1 = 1"}},
    "template": {"extras": {"where": "area_name = '{{ 123457 * 1000003 }}'"}},
    "metric with a subquery": {
        "metrics": [expression("(select max(area_name) from protected.pub_area_geometry)")]
    },
    "metric with a file": {
        "metrics": [expression("max((select content from read_text('/etc/passwd')))")]
    },
    "metric that ends the query": {
        "metrics": [expression("1 from protected.pub_area_geometry --")]
    },
    "column with a subquery": {
        "columns": [expression("(select max(area_name) from protected.pub_area_geometry)")]
    },
    "column with another schema": {
        "columns": [expression("(select max(company_code) from marts.fct_company_year)")]
    },
    "order": {"orderby": [["(select 1)", True]]},
    "order that is written": {
        "orderby": [[expression("(select max(content) from glob('/*'))"), True]]
    },
    "time range": {"time_range": "x' : y'", "granularity": "calendar_year"},
    "series": {"series_columns": ['area_name" from protected.release --']},
}


@pytest.mark.parametrize("role", ROLES)
def test_everyone_gets_the_data_of_his_dashboards(world: World, role: str) -> None:
    dataset, claim = world.claim(role, TABLE)
    answer = world.visitors[role].chart(dataset, claim)
    assert answer.ok, answer.text
    names = {row["area_name"] for row in answer.json()["result"][0]["data"]}
    assert "Neuss" in names
    # The public's file is not limited by municipality, nor are those who administer all.
    assert (OTHER_AREA in names) == (role == ANONYMOUS)


@pytest.mark.parametrize("role", VIEWERS)
def test_data_of_other_dashboards_are_refused(world: World, role: str) -> None:
    """Whatever is claimed about where the data is to be shown."""
    foreign, own = world.foreign(role), world.own(role)
    chart = foreign["charts"][0]
    dataset = int(chart["form_data"]["datasource"].partition("_")[0])
    claims: list[dict[str, object]] = [
        {},
        {"dashboardId": foreign["id"], "slice_id": chart["id"]},
        {"dashboardId": own["id"], "slice_id": chart["id"]},
        {"dashboardId": own["id"], "slice_id": own["charts"][0]["id"]},
        {"dashboardId": own["id"]},
        {"dashboardId": own["id"], "type": "NATIVE_FILTER", "native_filter_id": "NATIVE_FILTER-x"},
        {"dashboardId": own["id"], "slice_id": 0, "groupby": ["area_name"]},
        {"dashboardId": own["id"], "chart_id": own["charts"][0]["id"], "groupby": ["area_name"]},
        {"dashboardId": own["id"], "slice_id": chart["id"], "parent_slice_id": chart["id"]},
        {"dashboardId": f"{own['id']} or 1=1", "slice_id": chart["id"]},
    ]
    visitor = world.visitors[role]
    statuses = [visitor.chart(dataset, claim).status_code for claim in claims]
    assert set(statuses) <= REFUSED, dict(zip(map(str, claims), statuses, strict=True))


@pytest.mark.parametrize("kind", ["query", "saved_query", "slice", "sl_table"])
def test_other_sources_than_datasets_are_refused(world: World, kind: str) -> None:
    for role in ROLES:
        body = {"datasource": {"id": 1, "type": kind}, "queries": [{"columns": ["x"]}]}
        answer = world.visitors[role].ask("POST", "/api/v1/chart/data", body)
        assert answer.status_code in REFUSED, f"{role}: {answer.text}"


@pytest.mark.parametrize("name", INJECTIONS)
def test_what_is_injected_leads_nowhere(world: World, name: str) -> None:
    for role in STAFF:
        dataset, claim = world.claim(role, TABLE)
        answer = world.visitors[role].chart(dataset, claim, **INJECTIONS[name])
        assert OTHER_AREA not in answer.text, role
        assert "root:x:" not in answer.text, role
        assert str(123457 * 1000003) not in answer.text, role
        assert str(world.installation.home.root) not in answer.text, role


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
def test_downloads_are_for_those_who_may(world: World, format_: str) -> None:
    for role in ROLES:
        dataset, claim = world.claim(role, TABLE)
        body = {
            "datasource": {"id": dataset, "type": "table"},
            "queries": [{"columns": ["area_name"], "metrics": [], "row_limit": 10}],
            "form_data": claim,
            "result_format": format_,
            "result_type": "full",
        }
        answer = world.visitors[role].ask("POST", "/api/v1/chart/data", body)
        assert answer.ok == (role not in {"Redaktion", ANONYMOUS}), role
        if answer.ok:
            assert OTHER_AREA.encode() not in answer.content
