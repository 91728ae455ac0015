"""The documents written from the contracts say what the contracts say."""

from pathlib import Path

import pytest
import yaml

from datenlabor.deliveries import contract_documents
from datenlabor.deliveries.contract import contracts

SOURCE = yaml.safe_load(contract_documents.source_yaml())["sources"][0]
TABLES = {table["name"]: table for table in SOURCE["tables"]}
DOCUMENT = contract_documents.contracts_markdown()
each_contract = pytest.mark.parametrize("dataset", contracts())


def test_a_table_per_contract_and_those_about_deliveries() -> None:
    assert [*TABLES] == [*contracts(), "delivery", "withdrawal", "quarantined_row"]
    assert (SOURCE["name"], SOURCE["schema"]) == ("deliveries", "raw")


@each_contract
def test_a_table_has_the_columns_of_its_contract_and_where_a_row_came_from(dataset: str) -> None:
    table = TABLES[dataset]
    declared = [(column["name"], column["data_type"]) for column in table["columns"]]
    assert declared == [
        *((column.name, column.type.sql) for column in contracts()[dataset].columns),
        ("delivery_id", "varchar"),
        ("line_number", "bigint"),
        ("column_label", "varchar"),
    ]
    assert table["config"]["meta"]["file"] == f"{dataset}.parquet"


@each_contract
def test_one_test_guards_all_rules_of_a_contract(dataset: str) -> None:
    contract = contracts()[dataset]
    [test] = TABLES[dataset]["data_tests"]
    rules = test["keeps_contract"]["arguments"]
    assert rules["key"] == list(contract.key)
    for column in contract.columns:
        assert (column.name in rules["required"]) == column.required
        assert rules.get("patterns", {}).get(column.name) == column.pattern
        assert tuple(rules.get("codes", {}).get(column.name, ())) == column.codes
        limits = rules.get("ranges", {}).get(column.name, [None, None])
        assert limits == [column.minimum, column.maximum]


@each_contract
def test_the_document_has_a_row_per_column(dataset: str) -> None:
    section = DOCUMENT.split(f"## {dataset}: ")[1].split("\n## ")[0]
    for column in contracts()[dataset].columns:
        [line] = [row for row in section.splitlines() if row.startswith(f"| `{column.name}` |")]
        cells = line.replace("\\|", "").split("|")
        assert len(cells) == 7
        assert cells[2].strip() == column.type.value
        assert all(code in line for code in column.codes)


@each_contract
def test_the_document_says_what_adds_up(dataset: str) -> None:
    section = DOCUMENT.split(f"## {dataset}: ")[1].split("\n## ")[0]
    assert ("`weight` adds up to 1." in section) == (dataset == "area_crosswalk")


def test_every_text_is_described() -> None:
    for table in TABLES.values():
        assert table["description"]
        assert all(column["description"] for column in table["columns"])


def test_documents_are_those_in_the_project() -> None:
    for file, text in contract_documents.documents().items():
        assert isinstance(file, Path)
        assert file.read_text("utf-8") == text
