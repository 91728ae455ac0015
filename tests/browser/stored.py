"""What the asset files say about dashboards: titles, filters, and the SQL of their tables."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from installation import Installation

from datenlabor.assets.bundle import Bundle
from datenlabor.assets.normal_form import Document
from datenlabor.assets.references import charts_of

# How Superset shows a missing value in a table.
NULL = "N/A"
LINK = re.compile(r'<a href="[^"<>]*">([^<>]*)</a>')
COMPARISONS = {"==": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


def shown(cell: str) -> str:
    """Return what is to be read of a cell: of a link its text, in one line."""
    return " ".join(LINK.sub(r"\1", cell).split())


def stored_dashboards(assets: Bundle) -> dict[str, "Stored"]:
    """Return the dashboards of a bundle by slug."""
    found = (Stored(assets, document) for document in assets.assets["dashboards"].values())
    return {stored.slug: stored for stored in found}


@dataclass(frozen=True)
class Condition:
    """A filter of a chart or of a dashboard."""

    column: str
    operator: str
    value: Any

    def sql(self) -> tuple[str, list[Any]]:
        """Return the condition and its parameters."""
        column = f'"{self.column}"'
        if self.operator in ("IN", "NOT IN"):
            marks = ", ".join("?" for _ in self.value)
            return f"{column} {self.operator.lower()} ({marks})", list(self.value)
        if self.operator in ("IS NULL", "IS NOT NULL"):
            return f"{column} {self.operator.lower()}", []
        return f"{column} {COMPARISONS[self.operator]} ?", [self.value]


@dataclass(frozen=True)
class Stored:
    """One dashboard as its files describe it."""

    assets: Bundle
    dashboard: Document

    @property
    def slug(self) -> str:
        return str(self.dashboard["slug"])

    @property
    def title(self) -> str:
        return str(self.dashboard["dashboard_title"])

    @property
    def charts(self) -> list[Document]:
        """The charts in no particular order."""
        return [self.assets.assets["charts"][uuid] for uuid in charts_of(self.dashboard)]

    @property
    def titles(self) -> list[str]:
        """Titles of the charts as shown: a dashboard may name a chart differently."""
        return [
            str(node["meta"].get("sliceNameOverride") or self._chart(node)["slice_name"])
            for node in self._nodes("CHART")
        ]

    @property
    def texts(self) -> list[str]:
        """The texts between the charts."""
        return [str(node["meta"]["code"]) for node in self._nodes("MARKDOWN")]

    @property
    def filters(self) -> list[Document]:
        found: list[Document] = self.dashboard["metadata"].get("native_filter_configuration", [])
        return found

    @property
    def tables(self) -> list[Document]:
        """The charts that list rows of a published table."""
        return [
            chart
            for chart in self.charts
            if chart["viz_type"] == "table" and chart["params"].get("query_mode") == "raw"
        ]

    def dataset(self, chart: Document) -> Document:
        dataset: Document = self.assets.assets["datasets"][chart["dataset_uuid"]]
        return dataset

    def columns(self, chart: Document) -> Mapping[str, Document]:
        return {column["column_name"]: column for column in self.dataset(chart)["columns"]}

    def headings(self, chart: Document) -> list[str]:
        columns = self.columns(chart)
        return [str(columns[name]["verbose_name"]) for name in chart["params"]["all_columns"]]

    def charts_with_metric(self, metric: str) -> list[Document]:
        """Return the charts with several metrics that show this one."""
        return [chart for chart in self.charts if metric in chart["params"].get("metrics", [])]

    def filter_named(self, name: str) -> Document | None:
        return next((entry for entry in self.filters if entry["name"] == name), None)

    def requires_filter(self, name: str) -> bool:
        """Say whether the dashboard is about one chosen value of a filter."""
        found = self.filter_named(name)
        return found is not None and found["controlValues"]["enableEmptyFilter"]

    def in_scope(self, native_filter: Document) -> list[Document]:
        """Return the charts that a filter acts on."""
        scope = native_filter["scope"]
        assert scope["rootPath"] == ["ROOT_ID"]
        column = native_filter["targets"][0].get("column", {}).get("name")
        return [
            chart
            for chart in self.charts
            if chart["uuid"] not in scope["excluded"] and column in self.columns(chart)
        ]

    def conditions(
        self, installation: Installation, chart: Document, chosen: Mapping[str, list[Any]]
    ) -> list[Condition]:
        """Return a chart's own filters and those of the dashboard, some ``chosen`` by name."""
        result = [
            Condition(entry["subject"], entry["operator"], entry.get("comparator"))
            for entry in chart["params"].get("adhoc_filters", [])
        ]
        for native_filter in self.filters:
            if chart not in self.in_scope(native_filter):
                continue
            if native_filter["name"] in chosen:
                column = native_filter["targets"][0]["column"]["name"]
                result.append(Condition(column, "IN", chosen[native_filter["name"]]))
            elif native_filter["controlValues"].get("defaultToFirstItem"):
                column = native_filter["targets"][0]["column"]["name"]
                result.append(
                    Condition(column, "IN", [self.first(installation, native_filter, chosen)])
                )
            else:
                default = native_filter.get("defaultDataMask", {}).get("extraFormData", {})
                assert default.keys() <= {"filters"}, "a default this test cannot read"
                result += [
                    Condition(entry["col"], entry["op"], entry["val"])
                    for entry in default.get("filters", [])
                ]
        return result

    def rows(
        self,
        installation: Installation,
        chart: Document,
        chosen: Mapping[str, list[Any]] | None = None,
    ) -> list[tuple[str, ...]]:
        """Return the rows a table has to show, in no particular order, without its row limit."""
        known = self.columns(chart)
        columns = ", ".join(
            known[name].get("expression") or f'"{name}"' for name in chart["params"]["all_columns"]
        )
        return [
            tuple(NULL if cell is None else shown(str(cell)) for cell in row)
            for row in self.asked(installation, chart, chosen or {}, columns)
        ]

    def number(
        self, installation: Installation, chart: Document, chosen: Mapping[str, list[Any]]
    ) -> float | None:
        """Return the number a tile has to show, by the SQL of its metric."""
        [metric] = [
            entry
            for entry in self.dataset(chart)["metrics"]
            if entry["metric_name"] == chart["params"]["metric"]
        ]
        [(value,)] = self.asked(installation, chart, chosen, metric["expression"])
        return None if value is None else float(value)

    def asked(
        self,
        installation: Installation,
        chart: Document,
        chosen: Mapping[str, list[Any]],
        columns: str,
    ) -> list[tuple[Any, ...]]:
        """Answer a question on the rows that a chart gets."""
        conditions = [entry.sql() for entry in self.conditions(installation, chart, chosen)]
        return self._select(installation, self.dataset(chart), columns, conditions)

    def first(
        self, installation: Installation, native_filter: Document, chosen: Mapping[str, list[Any]]
    ) -> object:
        """Return what a filter that needs a choice begins with: the first of its list.

        What it lists may depend on other filters: on what is ``chosen`` there, or their first.
        """
        [target] = native_filter["targets"]
        dataset = self.assets.assets["datasets"][target["datasetUuid"]]
        column = f'"{target["column"]["name"]}"'
        metrics = {entry["metric_name"]: entry["expression"] for entry in dataset["metrics"]}
        order = metrics.get(native_filter.get("sortMetric"), column)
        direction = "asc" if native_filter["controlValues"]["sortAscending"] else "desc"
        conditions = [
            Condition(entry["subject"], entry["operator"], entry.get("comparator")).sql()
            for entry in native_filter.get("adhoc_filters", [])
        ]
        for parent in self.filters:
            if parent["id"] in native_filter["cascadeParentIds"]:
                values = chosen.get(parent["name"]) or [self.first(installation, parent, chosen)]
                parent_column = parent["targets"][0]["column"]["name"]
                conditions.append(Condition(parent_column, "IN", values).sql())
        choices = self._select(
            installation,
            dataset,
            column,
            conditions,
            f"group by {column} order by {order} {direction} limit 1",
        )
        return choices[0][0]

    @staticmethod
    def _select(
        installation: Installation,
        dataset: Document,
        columns: str,
        conditions: list[tuple[str, list[Any]]],
        rest: str = "",
    ) -> list[tuple[Any, ...]]:
        where = " and ".join(["true", *(text for text, _ in conditions)])
        return installation.rows(
            f"select {columns} from protected.{dataset['table_name']} where {where} {rest}",
            *(value for _, values in conditions for value in values),
        )

    def _nodes(self, kind: str) -> Iterator[Document]:
        for node in self.dashboard["position"].values():
            if isinstance(node, dict) and node.get("type") == kind:
                yield node

    def _chart(self, node: Document) -> Document:
        chart: Document = self.assets.assets["charts"][node["meta"]["uuid"]]
        return chart
