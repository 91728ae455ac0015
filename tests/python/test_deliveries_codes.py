"""Codes: what is written becomes one of those allowed, or says what is wrong with it."""

from typing import Any

import pytest

from datenlabor.deliveries.codes import resolve
from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.spec_columns import ColumnSpec

FIGURE = contracts()["figure"]


def column(**parts: Any) -> ColumnSpec:  # noqa: ANN401 any part of a column
    return ColumnSpec.model_validate({"from": "column 1", **parts})


@pytest.mark.parametrize(
    ("text", "source", "code", "rule"),
    [
        ("  05162024 ", {}, "05162024", None),
        ("5162024", {"digits": 8}, "05162024", None),
        ("DG", {"map": {"DG": "DE"}}, "DE", None),
        ("05", {"map": {"DG": "DE"}}, None, "unknown_label"),
        ("05", {"map": {"DG": "DE"}, "also": True}, "05", None),
        ("101", {"as": "05315-{0}"}, "05315-101", None),
        ("101", {"pattern": r"(\d)\d\d", "as": "05315-00{1}"}, "05315-001", None),
        ("1o1", {"pattern": r"\d{3}"}, None, "pattern"),
        ("5162024", {}, "5162024", None),
        ("516", {"digits": 5}, "00516", None),
        ("1", {}, None, "pattern"),
        ("", {}, None, "required"),
    ],
)
def test_area_codes(text: str, source: dict[str, Any], code: str | None, rule: str | None) -> None:
    found = resolve(text, column(**source), FIGURE.column("area_code"), None)
    assert (found.code, found.rule) == (code, rule)


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("5162024", None, "pattern"),
        ("51", None, "pattern"),
        ("05162024", "05162024", None),
        ("5162025", "5162025", None),
        ("1001000", "1001000", None),
        ("\uff10\uff15\uff11\uff16\uff12", None, "pattern"),
    ],
)
def test_a_known_area_that_has_lost_its_zero(text: str, code: str | None, rule: str | None) -> None:
    known = {"05162024", "051", "1001000", "01001000"}
    found = resolve(text, column(), FIGURE.column("area_code"), None, known)
    assert (found.code, found.rule) == (code, rule)
    assert ("`digits: 8`" in found.hint) == (text == "5162024")


def test_a_school_year_that_may_be_a_month_says_what_to_write() -> None:
    found = resolve("2011/12", column(), FIGURE.column("period"), None)
    assert found.rule == "not_a_period"
    assert "school year or a month" in found.hint
    school, month = {"as": "Schuljahr {0}"}, {"pattern": "(.{4})/(..)", "as": "{1}-{2}"}
    for words, code in ((school, "2011"), (month, "2011-12")):
        assert resolve("2011/12", column(**words), FIGURE.column("period"), None).code == code


def test_a_near_miss_is_pointed_out() -> None:
    found = resolve("popluation", column(), FIGURE.column("measure_code"), {"population", "income"})
    assert found.rule == "unknown_code"
    assert "Did you mean 'population'?" in found.hint


def test_ignored_texts_may_be_globs() -> None:
    source = column(map={"a": "population"}, ignore=["* | männlich"])
    found = resolve("Deutsche | männlich", source, FIGURE.column("measure_code"), None)
    assert found.is_ignored
    assert found.rule is None


def test_what_is_mapped_is_not_ignored() -> None:
    source = column(map={"Herkunft | Ausland": "population"}, ignore=["Herkunft | *"])
    assert resolve("Herkunft | Ausland", source, FIGURE.column("measure_code"), None).code
    assert resolve("Herkunft | Afrika", source, FIGURE.column("measure_code"), None).is_ignored


def test_a_few_allowed_codes_are_listed() -> None:
    level = contracts()["area"].column("area_level")
    found = resolve("Kreis", column(), level, {"county", "state"})
    assert "Allowed are county, state." in found.hint
