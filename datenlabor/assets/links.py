"""Links in tables: columns that lead to another dashboard with its filters set to the row.

A link is generated from ``superset/links.yaml`` and the filters of the dashboard it leads to, so
that nobody writes identities of filters by hand. Superset's tables show an ``<a>`` as a link.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from datenlabor.assets.bundle import Bundle
from datenlabor.assets.normal_form import Document
from datenlabor.assets.references import chart_references, charts_of
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT

LINKS = PROJECT / "superset" / "links.yaml"
_ADDRESS = '<a href="/superset/dashboard/{slug}/?native_filters='


class Link(BaseModel):
    """A column of a published table that leads to a dashboard."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: str
    column: str
    label: str
    text: str
    dashboard: str
    """Slug."""
    filters: Mapping[str, str]
    """Column of the table by identity of the filter."""
    requires: str | None = None
    """Column without which a row has no link, such as that of areas the page does not have."""


def read_links(file: Path = LINKS) -> list[Link]:
    """Read the list of links.

    Raises:
        DatenlaborError: the file is no such list.

    """
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        return TypeAdapter(list[Link]).validate_python(content)
    except (yaml.YAMLError, ValidationError) as error:
        raise DatenlaborError(f"{file} is no list of links: {error}") from error


def keys(links: Iterable[Link]) -> set[tuple[str, str]]:
    """Return table and name of the columns."""
    return {(link.table, link.column) for link in links}


def with_links(datasets: Iterable[Document], links: Iterable[Link], bundle: Bundle) -> None:
    """Add to generated datasets the columns that are links.

    Raises:
        DatenlaborError: a link leads nowhere, or is of a table or column that does not exist.

    """
    by_table = {str(dataset["table_name"]): dataset for dataset in datasets}
    dashboards = {str(found["slug"]): found for found in bundle.assets["dashboards"].values()}
    for link in links:
        dataset, dashboard = by_table.get(link.table), dashboards.get(link.dashboard)
        if dataset is None or dashboard is None:
            raise DatenlaborError(
                f"Link {link.table}.{link.column}: there is no such table or no dashboard "
                f"{link.dashboard}."
            )
        dataset["columns"].append(_column(link, dataset, dashboard))


def link_problems(
    links: Iterable[Link], bundle: Bundle, roles: Mapping[str, Iterable[str]]
) -> Iterator[str]:
    """Find links that somebody sees who may not see where they lead.

    ``roles`` are those who see a dashboard, by its slug.
    """
    columns = {(link.table, link.column): link.dashboard for link in links}
    for dashboard in bundle.assets["dashboards"].values():
        slug = str(dashboard["slug"])
        for uuid in charts_of(dashboard):
            chart = bundle.assets["charts"][uuid]
            is_text = chart.get("params", {}).get("allow_render_html") is False
            table = str(bundle.assets["datasets"][chart["dataset_uuid"]]["table_name"])
            for column in sorted(chart_references(chart).columns):
                goal = columns.get((table, column), slug)
                if is_text and (table, column) in columns:
                    yield f"Chart {chart['slice_name']}: shows its link {column} as text."
                if lacking := sorted({*roles.get(slug, ())} - {*roles.get(goal, ())}):
                    yield (
                        f"Chart {chart['slice_name']}: its link {column} leads from {slug} to "
                        f"{goal}, which {', '.join(lacking)} may not see."
                    )


def _column(link: Link, dataset: Document, dashboard: Document) -> dict[str, Any]:
    return {
        "column_name": link.column,
        "verbose_name": link.label,
        "description": f"Zur Seite „{dashboard['dashboard_title']}“, gefiltert wie die Zeile.",
        "type": "VARCHAR",
        "groupby": True,
        "expression": link_sql(link, dataset, dashboard),
    }


def link_sql(link: Link, dataset: Document, dashboard: Document) -> str:
    """Return SQL of a link to ``dashboard``, empty where a column it needs is empty.

    Filters are written as Superset reads them from an address: Rison, in which ``!`` escapes.
    """
    settings = dashboard.get("metadata", {}).get("native_filter_configuration", [])
    targets = {entry["id"]: entry["targets"][0]["column"]["name"] for entry in settings}
    types = {entry["column_name"]: str(entry["type"]) for entry in dataset["columns"]}
    states, values = [], []
    for number, (identity, column) in enumerate(link.filters.items()):
        if identity not in targets or column not in types:
            raise DatenlaborError(
                f"Link {link.table}.{link.column}: {link.dashboard} has no filter {identity}, or "
                f"{link.table} no column {column}."
            )
        condition = f"(col:{targets[identity]},op:IN,val:!({{{number}}}))"
        states.append(
            f"{identity}:(id:{identity},extraFormData:(filters:!({condition})),"
            f"filterState:(value:!({{{number}}})),ownState:())"
        )
        values.append(_rison(column, is_text=types[column] == "VARCHAR"))
    rison = f"format('({','.join(states)})', {', '.join(values)})"
    before, after = _ADDRESS.format(slug=link.dashboard), f'">{link.text}</a>'
    cell = f"'{before}' || url_encode({rison}) || '{after}'"
    if link.requires is None:
        return cell
    if link.requires not in types:
        raise DatenlaborError(
            f"Link {link.table}.{link.column}: {link.table} has no column {link.requires}."
        )
    return f"case when {link.requires} is null then '' else {cell} end"


def _rison(column: str, *, is_text: bool) -> str:
    """Return SQL of a value in Rison."""
    if not is_text:
        return f"cast({column} as varchar)"
    return f"'''' || replace(replace({column}, '!', '!!'), '''', '!''') || ''''"
