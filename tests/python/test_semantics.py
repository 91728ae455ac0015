"""Metrics become SQL: what is translated is equal to a plain computation, the rest is refused."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT
from datenlabor.semantics.artifacts import Metric, Project, SemanticModel
from datenlabor.semantics.metric_sql import metric_sql

Spec = dict[str, Any]
REGION = "{{ Dimension('sale__region') }}"


def where(*templates: str) -> Spec | None:
    filters = [{"where_sql_template": text} for text in templates]
    return {"where_filters": filters} if filters else None


def part(name: str, *filters: str, alias: str | None = None, **offset: str) -> Spec:
    shift = {"offset_window": None, "offset_to_grain": None, **offset}
    return {"name": name, "alias": alias, "filter": where(*filters), **shift}


def simple(
    name: str, agg: str = "sum", *filters: str, expr: str | None = None, of: str = "sale"
) -> Spec:
    aggregation = {"semantic_model": of, "agg": agg, "non_additive_dimension": None}
    params = {
        "expr": expr,
        "metric_aggregation_params": aggregation,
        "fill_nulls_with": None,
        "join_to_timespine": False,
    }
    return {"name": name, "type": "simple", "filter": where(*filters), "type_params": params}


def ratio(name: str, numerator: Spec, denominator: Spec, *filters: str) -> Spec:
    params = {"numerator": numerator, "denominator": denominator}
    return {"name": name, "type": "ratio", "filter": where(*filters), "type_params": params}


def derived(name: str, expr: str, parts: Sequence[Spec], *filters: str) -> Spec:
    params = {"expr": expr, "metrics": parts}
    return {"name": name, "type": "derived", "filter": where(*filters), "type_params": params}


def project(*specs: Spec) -> Project:
    dimensions = {"sale": ("region", "product"), "visit": ("region",)}
    return Project(
        models={},
        semantic_models={
            name: SemanticModel(name, f"pub_{name}", "sold_on", frozenset(names))
            for name, names in dimensions.items()
        },
        metrics={
            spec["name"]: Metric(
                name=spec["name"],
                label=spec["name"],
                description="",
                kind=spec["type"],
                is_hidden=False,
                meta={},
                spec=spec,
            )
            for spec in specs
        },
    )


def sql(*specs: Spec) -> str:
    """Return the expression of the last metric; those before are its parts."""
    return metric_sql(project(*specs), specs[-1]["name"]).expression


def refusal(*specs: Spec) -> str:
    with pytest.raises(DatenlaborError) as caught:
        sql(*specs)
    assert "hidden: true" in caught.value.hint
    return str(caught.value)


def query(table: str, expression: str) -> Any:  # noqa: ANN401 whatever the table holds
    with duckdb.connect() as connection:
        row = connection.execute(f"SELECT {expression} FROM {table}").fetchone()
    assert row is not None
    return row[0]


SALES = "(VALUES ('a', 'x', 2), ('a', 'y', 3), ('b', 'x', 5), ('b', 'x', 5)) t(region, product, n)"


@pytest.mark.parametrize(
    ("agg", "expected"),
    [("sum", 15), ("count", 4), ("count_distinct", 3), ("min", 2), ("max", 5)],
)
def test_simple_metric_with_each_aggregation(agg: str, expected: int) -> None:
    translated = metric_sql(project(simple("n_total", agg, expr="n")), "n_total")
    assert translated.semantic_model == "sale"
    assert query(SALES, translated.expression) == expected


def test_simple_metric_without_expression_reads_the_column_of_its_name() -> None:
    assert sql(simple("n")) == "SUM(n)"


def test_filter_of_metric_and_filter_of_input_both_apply() -> None:
    parts = [part("a", f"{REGION} = 'b'"), part("b")]
    total = derived("m", "a * 100 + b", parts, "{{ Dimension('sale__product') }} = 'x'")
    expression = sql(simple("a", expr="n"), simple("b", "count", expr="n"), total)
    assert query(SALES, expression) == 10 * 100 + 3


def test_filter_with_or_stays_together() -> None:
    metric = simple("a", "sum", f"{REGION} = 'a' or {REGION} = 'b'", f"{REGION} = 'b'", expr="n")
    assert query(SALES, sql(metric)) == 10


def test_ratio_is_of_sums_in_floating_point_and_empty_over_zero() -> None:
    parts = (simple("n"), simple("k", "count", expr="n"))
    assert query(SALES, sql(*parts, ratio("r", part("n"), part("k")))) == 15 / 4
    none = part("k", f"{REGION} = 'nowhere'")
    assert query(SALES, sql(*parts, ratio("r", part("n"), none))) is None


def test_ratio_of_derived_keeps_its_brackets() -> None:
    twice = derived("twice", "a + a", [part("a")])
    expression = sql(simple("a", expr="n"), twice, ratio("r", part("twice"), part("a")))
    assert query(SALES, expression) == 2


def test_derived_of_derived_keeps_its_brackets() -> None:
    plus = derived("plus", "a + b", [part("a"), part("b")])
    times = derived("times", "plus * plus", [part("plus")])
    expression = sql(simple("a", expr="n"), simple("b", "count", expr="n"), plus, times)
    assert query(SALES, expression) == (15 + 4) ** 2


def test_alias_tells_two_uses_of_a_metric_apart() -> None:
    parts = [part("a", f"{REGION} = 'a'", alias="west"), part("a", f"{REGION} = 'b'", alias="east")]
    assert query(SALES, sql(simple("a", expr="n"), derived("m", "east - west", parts))) == 5


def test_name_that_is_the_beginning_of_another_or_named_like_a_column() -> None:
    parts = [part("n"), part("n_all"), part("n_all_max")]
    expression = sql(
        simple("n", "min"),
        simple("n_all", expr="n"),
        simple("n_all_max", "max", expr="n"),
        derived("m", "n + n_all * 100 + n_all_max * 10000", parts),
    )
    assert query(SALES, expression) == 2 + 15 * 100 + 5 * 10000


def test_text_in_a_formula_is_no_reference() -> None:
    chosen = derived("m", "case when n > 0 then 'n' else 'it''s n' end", [part("n")])
    assert query(SALES, sql(simple("n"), chosen)) == "n"


def test_unknown_metric_is_named() -> None:
    with pytest.raises(DatenlaborError, match="nobody"):
        metric_sql(project(), "nobody")
    with pytest.raises(DatenlaborError, match="nobody"):
        sql(derived("m", "nobody", [part("nobody")]))


@pytest.mark.parametrize("offset", [{"offset_window": "1 year"}, {"offset_to_grain": "month"}])
def test_shift_in_time_is_refused(offset: dict[str, str]) -> None:
    shifted = derived("growth", "a - b", [part("a"), part("a", alias="b", **offset)])
    assert refusal(simple("a"), shifted).startswith("Metric growth cannot become a Superset metric")


@pytest.mark.parametrize("kind", ["cumulative", "conversion"])
def test_other_kinds_are_refused(kind: str) -> None:
    spec: Spec = {"name": "running", "type": kind, "filter": None, "type_params": {}}
    assert refusal(spec) == f"Metric running cannot become a Superset metric: its type is {kind}."


@pytest.mark.parametrize("agg", ["median", "percentile", "average", "sum_boolean"])
def test_other_aggregations_are_refused(agg: str) -> None:
    assert f"Metric m cannot become a Superset metric: its aggregation is {agg}" in refusal(
        simple("m", agg)
    )


def test_semi_additive_metric_is_refused() -> None:
    spec = simple("stock")
    spec["type_params"]["metric_aggregation_params"]["non_additive_dimension"] = {"name": "sold_on"}
    assert "stock" in refusal(spec)
    assert "semi-additive" in refusal(spec)


@pytest.mark.parametrize("filled", [{"fill_nulls_with": 0}, {"join_to_timespine": True}])
def test_metric_that_fills_gaps_is_refused(filled: Spec) -> None:
    spec = simple("gapless")
    spec["type_params"] |= filled
    assert "Metric gapless cannot become" in refusal(spec)


def test_metric_of_the_older_kind_is_refused() -> None:
    spec = simple("old")
    spec["type_params"]["metric_aggregation_params"] = None
    assert "Metric old cannot become" in refusal(spec)


def test_parts_of_different_tables_are_refused() -> None:
    parts = (simple("a"), simple("b", of="visit"))
    assert "Metric r " in refusal(*parts, ratio("r", part("a"), part("b")))
    assert "Metric d " in refusal(*parts, derived("d", "a / b", [part("a"), part("b")]))


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ Dimension('visit__region') }} = 'a'", "needs a join to visit"),
        ("{{ Dimension('sale__visit__region') }} = 'a'", "needs a join to sale__visit"),
        ("{{ Dimension('sale__planet') }} = 'a'", "planet"),
        ("{{ TimeDimension('sale__sold_on', 'day') }} > '2020-01-01'", "not on plain dimensions"),
        ("{{ Entity('sale') }} = 'a'", "not on plain dimensions"),
        (f"{REGION} = 'a' and {{{{ Metric('a', ['sale']) }}}} > 1", "not on plain dimensions"),
    ],
)
def test_filter_beyond_the_table_is_refused(template: str, reason: str) -> None:
    message = refusal(simple("m", "sum", template))
    assert message.startswith("Metric m cannot become a Superset metric")
    assert reason in message


def test_part_is_named_when_it_is_the_one_that_cannot_be_translated() -> None:
    assert "Metric inner " in refusal(
        simple("inner", "median"), derived("m", "inner", [part("inner")])
    )


# The real definitions, against a computation that knows nothing of them.

Row = tuple[str, str, int | None, int | None, int]
few = st.integers(-3, 4)
rows_of_figures = st.lists(
    st.tuples(
        st.sampled_from(["key 1", "key 2"]),
        st.sampled_from(["women", "men"]),
        st.none() | few,
        st.none() | few,
        st.sampled_from([1, 1000]),
    ),
    max_size=6,
)


def real_project() -> Project:
    """Read the guarded metrics from the YAML of the checkout, which needs no dbt."""
    table = yaml.safe_load(
        (PROJECT / "models/protected/pub_indicator_value.yml").read_text("utf-8")
    )
    named = yaml.safe_load((PROJECT / "models/semantic/metrics.yml").read_text("utf-8"))
    specs = [
        simple(metric["name"], metric["agg"], expr=metric["expr"], of="indicator_value")
        for metric in table["models"][0]["metrics"]
    ]
    for metric in named["metrics"]:
        if metric["type"] == "ratio":
            specs.append(
                ratio(metric["name"], part(metric["numerator"]), part(metric["denominator"]))
            )
        else:
            parts = [part(entry["name"]) for entry in metric["input_metrics"]]
            specs.append(derived(metric["name"], metric["expr"], parts))
    condition = "{{ Dimension('indicator_value__indicator_code') }} = 'women'"
    specs.append(
        ratio("women", part("guarded_numerator"), part("denominator_sum"), condition),
    )
    made = project(*specs)
    semantic = SemanticModel("indicator_value", "pub", None, frozenset({"indicator_code"}))
    return Project({}, {"indicator_value": semantic}, made.metrics)


REAL = real_project()


def guarded_ratio(rows: Sequence[Row]) -> float | None:
    """Sum of numerators through sum of denominators, unless keys are mixed."""
    if len({key for key, *_ in rows}) != 1:
        return None
    numerators = [value * factor for _, _, value, _, factor in rows if value is not None]
    denominators = [value for _, _, _, value, _ in rows if value is not None]
    if not numerators or sum(denominators) == 0:
        return None
    return sum(numerators) / sum(denominators)


@pytest.fixture(scope="module")
def table() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t (aggregation_key VARCHAR, indicator_code VARCHAR, "
            "numerator DOUBLE, denominator DOUBLE, ratio_factor INTEGER)"
        )
        yield connection


def answer(table: duckdb.DuckDBPyConnection, metric: str, rows: Sequence[Row]) -> float | None:
    expression = metric_sql(REAL, metric).expression
    table.execute("DELETE FROM t")
    for row in rows:
        table.execute("INSERT INTO t VALUES (?, ?, ?, ?, ?)", row)
    result = table.execute(f"SELECT {expression} FROM t").fetchone()
    assert result is not None
    value: float | None = result[0]
    return value


@settings(deadline=None)
@given(rows=rows_of_figures)
def test_ratio_is_that_of_the_sums_and_empty_where_keys_are_mixed(
    table: duckdb.DuckDBPyConnection, rows: list[Row]
) -> None:
    assert answer(table, "indicator_ratio", rows) == pytest.approx(guarded_ratio(rows))


@settings(deadline=None)
@given(rows=rows_of_figures)
def test_ratio_of_one_indicator_sees_only_its_rows(
    table: duckdb.DuckDBPyConnection, rows: list[Row]
) -> None:
    women = [row for row in rows if row[1] == "women"]
    assert answer(table, "women", rows) == pytest.approx(guarded_ratio(women))


@settings(deadline=None)
@given(rows=rows_of_figures)
def test_ratio_does_not_depend_on_the_order_of_rows(
    table: duckdb.DuckDBPyConnection, rows: list[Row]
) -> None:
    assert answer(table, "indicator_ratio", rows) == answer(table, "indicator_ratio", rows[::-1])
