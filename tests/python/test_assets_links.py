"""Links in tables: SQL that makes them, and the rule that nobody is led where he may not go."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datenlabor.assets.bundle import Bundle, read_folder
from datenlabor.assets.links import Link, link_problems, link_sql, read_links, with_links
from datenlabor.errors import DatenlaborError
from datenlabor.paths import ASSETS

LINK = Link(
    table="rows",
    column="link",
    label="Weiter",
    text="dorthin",
    dashboard="there",
    filters={"by_area": "area", "by_year": "year"},
)
DATASET: dict[str, Any] = {
    "table_name": "rows",
    "columns": [
        {"column_name": "area", "type": "VARCHAR"},
        {"column_name": "year", "type": "INTEGER"},
    ],
}
TARGETS = {"by_area": "area_name", "by_year": "calendar_year"}
DASHBOARD: dict[str, Any] = {
    "slug": "there",
    "dashboard_title": "Dort",
    "metadata": {
        "native_filter_configuration": [
            {"id": key, "targets": [{"column": {"name": name}}]} for key, name in TARGETS.items()
        ]
    },
}


def bundle(*dashboards: dict[str, Any]) -> Bundle:
    found = {str(number): document for number, document in enumerate(dashboards)}
    return Bundle({"databases": {}, "datasets": {}, "charts": {}, "dashboards": found})


def made(area: str | None, year: int = 2024) -> str | None:
    sql = f"select {link_sql(LINK, DATASET, DASHBOARD)} from (select $1 as area, $2 as year)"
    [(cell,)] = duckdb.execute(sql, [area, year]).fetchall()
    return None if cell is None else str(cell)


@settings(deadline=None)
@given(st.text())
def test_any_name_arrives_as_it_is_and_makes_no_tag_of_its_own(name: str) -> None:
    """Rison says ``!!`` for ``!`` and ``!'`` for ``'``; everything else stands for itself."""
    name = name.replace("\0", "")
    cell = made(name)
    assert cell
    found = re.fullmatch(r'<a href="([^"<>]*)">dorthin</a>', cell)
    assert found
    address = urlparse(found[1])
    assert address.path == "/superset/dashboard/there/"
    [filters] = parse_qs(address.query, keep_blank_values=True)["native_filters"]
    quoted = "'" + re.sub("[!']", lambda match: f"!{match[0]}", name) + "'"
    assert filters == (
        f"(by_area:(id:by_area,extraFormData:(filters:!((col:area_name,op:IN,val:!({quoted})))),"
        f"filterState:(value:!({quoted})),ownState:()),"
        "by_year:(id:by_year,extraFormData:(filters:!((col:calendar_year,op:IN,val:!(2024)))),"
        "filterState:(value:!(2024)),ownState:()))"
    )


def test_a_row_that_is_about_no_area_has_no_link() -> None:
    assert made(None) is None


def test_a_row_that_lacks_what_a_link_requires_has_none() -> None:
    dataset = {"columns": [*DATASET["columns"], {"column_name": "town", "type": "VARCHAR"}]}
    sql = link_sql(LINK.model_copy(update={"requires": "town"}), dataset, DASHBOARD)
    rows = "(values ('Furth', 2024, 'a town'), ('a town', 2024, null)) as rows (area, year, town)"
    cells = [cell for (cell,) in duckdb.execute(f"select {sql} from {rows}").fetchall()]
    assert "Furth" in cells[0]
    assert cells[1] == ""


def test_a_link_becomes_a_column_of_its_table() -> None:
    dataset = {**DATASET, "columns": [*DATASET["columns"]]}
    with_links([dataset], [LINK], bundle(DASHBOARD))
    assert dataset["columns"][-1]["verbose_name"] == "Weiter"
    assert "„Dort“" in dataset["columns"][-1]["description"]


@pytest.mark.parametrize(
    "change",
    [
        {"table": "nothing"},
        {"dashboard": "nowhere"},
        {"filters": {"by_nothing": "area"}},
        {"filters": {"by_area": "nothing"}},
        {"requires": "nothing"},
    ],
)
def test_a_link_that_leads_nowhere_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(DatenlaborError, match="Link"):
        with_links([DATASET], [LINK.model_copy(update=change)], bundle(DASHBOARD))


def test_a_list_with_unknown_words_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "links.yaml"
    file.write_text("- {table: a, colour: red}\n", encoding="utf-8")
    with pytest.raises(DatenlaborError, match="no list of links"):
        read_links(file)


def test_nobody_sees_a_link_to_a_page_he_may_not_see() -> None:
    assets, links = read_folder(ASSETS), read_links()
    everybody = {str(found["slug"]): ["one"] for found in assets.assets["dashboards"].values()}
    assert list(link_problems(links, assets, everybody)) == []
    found = list(link_problems(links, assets, {**everybody, "gebietsprofil": []}))
    assert found
    assert all("leads from" in text and "one may not see" in text for text in found)
