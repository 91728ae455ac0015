"""Rows of the product's lists that were superseded stay, and do not count."""

from datetime import date
from pathlib import Path

import pytest

from datenlabor.product_lists import AREAS, INDICATORS, ProductList, changes, current_rows, rows_of

AREA_TEXT = """area_code,area_name,valid_from,is_listed,changed_on
1,Alt,1975-01-01,true,2026-01-01
2,Bleibt,1975-01-01,true,2026-01-01
1,Neu,1975-01-01,true,2026-02-01
1,Andere Grenzen,2000-01-01,true,2026-01-01
3,Weg,1975-01-01,false,2026-03-01
3,Weg,1975-01-01,true,2026-01-01
"""
INDICATOR_TEXT = "indicator_code,name_de,is_listed,changed_on\n"


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    for product_list, text in ((AREAS, AREA_TEXT), (INDICATORS, INDICATOR_TEXT)):
        file = tmp_path / product_list.file
        file.parent.mkdir()
        file.write_text(text, "utf-8")
    return tmp_path


def test_the_row_changed_last_counts_unless_it_is_an_end(seeds: Path) -> None:
    assert [row["area_name"] for row in current_rows(AREAS, seeds)] == [
        "Neu",
        "Bleibt",
        "Andere Grenzen",
    ]
    assert len(rows_of(AREAS, seeds)) == 6


def test_changes_are_known_by_their_day(seeds: Path) -> None:
    found = changes(seeds)
    assert {day: len(rows) for day, rows in found.items()} == {
        date(2026, 1, 1): 4,
        date(2026, 2, 1): 1,
        date(2026, 3, 1): 1,
    }
    assert list(found) == sorted(found)
    file = seeds / AREAS.file
    file.write_text(file.read_text("utf-8").replace("Bleibt", "Blieb"), "utf-8")
    changed = changes(seeds)
    assert [day for day in found if found[day] != changed[day]] == [date(2026, 1, 1)]


@pytest.mark.parametrize("of", [AREAS, INDICATORS])
def test_the_product_has_one_row_that_counts_for_each_key(of: ProductList) -> None:
    keys = [tuple(row[name] for name in of.key) for row in current_rows(of)]
    assert keys
    assert len(keys) == len(set(keys))
    assert {row["is_listed"] for row in rows_of(of)} <= {"true", "false"}
