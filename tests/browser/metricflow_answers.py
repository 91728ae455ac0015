"""MetricFlow's own answers: its SQL for a query, run on the warehouse."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from metricflow.data_table.mf_table import MetricFlowDataTable
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow.sql.render.sql_plan_renderer import SqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import (
    parse_manifest_from_dbt_generated_manifest,
)
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from metricflow_semantics.sql.sql_bind_parameters import SqlBindParameterSet

from datenlabor.audiences import COLUMN

_NONE = SqlBindParameterSet()


class _Dialect:
    """What MetricFlow asks of a database to write SQL for it; the SQL is run by ``Answers``."""

    sql_engine_type: SqlEngine = SqlEngine.DUCKDB
    sql_plan_renderer: SqlPlanRenderer = DuckDbSqlPlanRenderer()

    def query(
        self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = _NONE
    ) -> MetricFlowDataTable:
        raise NotImplementedError

    def execute(self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = _NONE) -> None:
        raise NotImplementedError

    def dry_run(self, stmt: str, sql_bind_parameter_set: SqlBindParameterSet = _NONE) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def render_bind_parameter_key(self, bind_parameter_key: str) -> str:
        raise NotImplementedError


class Answers:
    """Metrics by dimensions, as MetricFlow understands the semantic manifest."""

    def __init__(self, engine: MetricFlowEngine, connection: duckdb.DuckDBPyConnection) -> None:
        self._engine = engine
        self._connection = connection

    def rows(
        self, semantic_model: str, dimensions: Sequence[str], metrics: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Return one row per group; dimensions and metrics by their plain names."""
        prefix = f"{semantic_model}__"
        request = MetricFlowQueryRequest.create(
            metric_names=metrics, group_by_names=[prefix + name for name in dimensions]
        )
        cursor = self._connection.execute(self._engine.explain(request).sql_statement.sql)
        names = [str(column[0]).removeprefix(prefix) for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def metricflow(artifacts: Path, warehouse: Path, audience: str) -> Iterator[Answers]:
    """Load MetricFlow in this process, on dbt's artifacts and what an audience may see.

    The warehouse holds the rows of all audiences, which its metrics refuse to add up.
    """
    manifest = parse_manifest_from_dbt_generated_manifest(
        (artifacts / "semantic_manifest.json").read_text(encoding="utf-8")
    )
    engine = MetricFlowEngine(SemanticManifestLookup(manifest), _Dialect())
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as built (read_only)")
        connection.execute(f"attach ':memory:' as {warehouse.stem}")
        tables = connection.execute(
            "select schema_name, table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'built' and schema_name in ('protected', 'semantic') "
            "group by all order by all"
        ).fetchall()
        for schema, table, columns in tables:
            condition = f"{COLUMN} = '{audience}'" if COLUMN in columns else "true"
            connection.execute(f"create schema if not exists {warehouse.stem}.{schema}")
            connection.execute(
                f"create view {warehouse.stem}.{schema}.{table} as "
                f"select * from built.{schema}.{table} where {condition}"
            )
        yield Answers(engine, connection)
