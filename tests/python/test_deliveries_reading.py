"""Reading files into rows of a contract: layouts, rules, quarantine, accounts."""

from pathlib import Path
from typing import Any

import pytest
from figures_spec import (
    CODES,
    KNOWN,
    TIDY_COLUMNS,
    figures_of,
    figures_spec,
    quarantine_of,
    read_bytes,
    rows_of,
)

from datenlabor.deliveries.catalogue import Known
from datenlabor.errors import DatenlaborError

TIDY = "area_code;period;measure_code;value\n"


def test_layout_with_period_and_measure_in_repeated_headers(tmp_path: Path) -> None:
    text = """\
GENESIS-Tabelle: 12411
Bevölkerung;;;
;;31.12.2015;31.12.2015;31.12.2014;31.12.2014
;;Insgesamt;männlich;Insgesamt;männlich
DG;Deutschland;10;4;9;4
05;  Nordrhein-Westfalen;5;2;-;.
__________
"zu ""allen""
eine Fußnote"
Stand: 10.10.2017 / 11:01:03
"""
    spec = figures_spec(
        body={"starts": {"pattern": "DG|[0-9]{2}"}, "ends": {"pattern": "_{5,}"}},
        header={"rows": 2},
        symbols={"-": 0, ".": "O"},
        published_on={"from": "footer"},
        columns={
            "area_code": {"from": "column 1", "map": {"DG": "DE"}, "also": True},
            "period": {"from": "header 1"},
            "measure_code": {
                "from": "header 2",
                "map": {"Insgesamt": "population", "männlich": "population_male"},
            },
            "value": {"from": "cells 3-"},
        },
    )
    reading = read_bytes(tmp_path, text.encode(), spec)
    assert figures_of(tmp_path) == {
        ("DE", "2015-12-31", "population"): (10, "A"),
        ("DE", "2015-12-31", "population_male"): (4, "A"),
        ("DE", "2014-12-31", "population"): (9, "A"),
        ("DE", "2014-12-31", "population_male"): (4, "A"),
        ("05", "2015-12-31", "population"): (5, "A"),
        ("05", "2015-12-31", "population_male"): (2, "A"),
        ("05", "2014-12-31", "population"): (0, "A"),
        ("05", "2014-12-31", "population_male"): (None, "O"),
    }
    assert str(reading.published_on) == "2017-10-10"
    account = reading.account
    assert (account.records_read, account.records_header, account.records_footer) == (9, 4, 3)


def test_layout_with_period_in_a_column_and_a_dimension(tmp_path: Path) -> None:
    text = (
        "Jahr;Schlüssel;Geschlecht;Fälle;Quote\n2016;5162;Frauen;1.234;3,5 %\n2016;5162;Summe;2;1\n"
    )
    spec = figures_spec(
        numbers={"decimal": ",", "thousands": "."},
        suffixes={"%": 1},
        columns={
            "area_code": {"from": "column 2", "digits": 5},
            "period": {"from": "column Jahr"},
            "measure_code": {
                "from": ["header 1", "column Geschlecht"],
                "map": {"Fälle | Frauen": "population_female", "Quote | Frauen": "rate"},
                "ignore": "* | Summe",
            },
            "value": {"from": "cells 4-5"},
        },
    )
    reading = read_bytes(tmp_path, text.encode(), spec)
    assert figures_of(tmp_path) == {
        ("05162", "2016", "population_female"): (1234, "A"),
        ("05162", "2016", "rate"): (3.5, "A"),
    }
    assert reading.account.records_skipped == 1
    assert reading.account.values_ignored == 2


@pytest.mark.parametrize(
    ("row", "column", "raw", "rule"),
    [
        ("5162;2015;population;1", "area_code", "5162", "pattern"),
        (";2015;population;1", "area_code", "", "required"),
        ("05162;31.02.2015;population;1", "period", "31.02.2015", "not_a_period"),
        ("05162;2015;popluation;1", "measure_code", "popluation", "unknown_code"),
        ("05162;2015;population;1.234", "value", "1.234", "not_a_number"),
        ("05162;2015;population;1,5", "value", "1,5", "not_an_integer"),
        ("05162;2015;population;-1", "value", "-1", "below_minimum"),
        ("05162;2015;rate;101", "value", "101", "above_maximum"),
        ("05162;2015;population;", "value", "", "empty_value"),
        ("05162;2015;population;x", "value", "x", "not_a_number"),
        ("05;2014;population;8", "value", "8", "contradicting_rows"),
        ("05;2014;population;7", "value", "7", "repeated_row"),
    ],
)
def test_a_broken_rule_is_quarantined_and_the_rest_loaded(
    tmp_path: Path, row: str, column: str, raw: str, rule: str
) -> None:
    text = f"{TIDY}05;2014;population;7\n05;2015;population;9\n{row}\n"
    reading = read_bytes(tmp_path, text.encode(), figures_spec())
    found = quarantine_of(tmp_path)
    assert (4, column, raw, rule) in found
    assert figures_of(tmp_path)["05", "2015", "population"] == (9, "A")
    contradicts = rule == "contradicting_rows"
    assert (("05", "2014", "population") in figures_of(tmp_path)) != contradicts
    assert reading.account.records_quarantined == (2 if contradicts else 1)
    assert all(problem.hint for problem in reading.problems)


def test_a_wrong_key_is_named_once_per_record_and_a_wrong_label_once_per_column(
    tmp_path: Path,
) -> None:
    text = "Gebiet;2015 Frauen;2015 Katzen\nXX-1;1;2\n05;3;4\n"
    spec = figures_spec(
        columns={
            "area_code": {"from": "column 1"},
            "period": {"constant": 2015},
            "measure_code": {"from": "header 1", "map": {"2015 Frauen": "population_female"}},
            "value": {"from": "cells 2-"},
        }
    )
    reading = read_bytes(tmp_path, text.encode(), spec)
    assert quarantine_of(tmp_path) == [
        (1, "2015 Katzen", "2015 Katzen", "unknown_label"),
        (2, "Gebiet", "XX-1", "pattern"),
    ]
    assert figures_of(tmp_path) == {("05", "2015", "population_female"): (3, "A")}
    assert reading.account.values_quarantined == 3


def test_a_status_column_and_values_must_agree(tmp_path: Path) -> None:
    text = (
        "area_code;period;measure_code;value;status\n05;2015;rate;1;A\n05;2016;rate;;O\n"
        "05;2017;rate;;A\n05;2018;rate;1;Q\n05;2019;rate;2;P\n05;2020;rate;2;Z\n"
    )
    spec = figures_spec(columns={**TIDY_COLUMNS, "obs_status": {"from": "column status"}})
    read_bytes(tmp_path, text.encode(), spec)
    assert figures_of(tmp_path) == {
        ("05", "2015", "rate"): (1, "A"),
        ("05", "2016", "rate"): (None, "O"),
        ("05", "2019", "rate"): (2, "P"),
    }
    assert [(line, rule) for line, _, _, rule in quarantine_of(tmp_path)] == [
        (4, "empty_value"),
        (5, "value_despite_status"),
        (7, "unknown_code"),
    ]


def test_skipped_records_are_declared(tmp_path: Path) -> None:
    text = f"{TIDY}05;2015;population;7\nSumme;2015;population;7\n"
    skip = [{"column": "area_code", "pattern": "Summe", "why": "total among the parts"}]
    spec = figures_spec(body={"starts": {"line": 2}, "skip": skip})
    account = read_bytes(tmp_path, text.encode(), spec).account
    assert (account.records_loaded, account.records_skipped) == (1, 1)


def test_missing_areas_are_said(tmp_path: Path) -> None:
    text = f"{TIDY}05162024-01;2015;population;7\n05162024-03;2015;population;7\n"
    reading = read_bytes(tmp_path, text.encode(), figures_spec(required_areas="district"))
    assert reading.findings == ("population 2015: 1 of 3 areas are missing: 05162024-02",)


def test_measures_of_the_spec_are_written(tmp_path: Path) -> None:
    measure = {"measure_code": "cats", "name_de": "Katzen", "unit_code": "cases"}
    spec = figures_spec(measures=[measure])
    known = Known({**CODES, "measure": {"cats"}}, {})
    read_bytes(tmp_path, f"{TIDY}05;2015;cats;7\n".encode(), spec, known=known)
    [row] = rows_of(tmp_path, "measure")
    assert (row["measure_code"], row["name_de"], row["is_additive"]) == ("cats", "Katzen", True)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"columns": {**TIDY_COLUMNS, "value": {"from": "column 9"}}}, "has no column 9"),
        ({"columns": {**TIDY_COLUMNS, "value": {"from": "column Wert"}}}, "has no column 'Wert'"),
        ({"columns": {**TIDY_COLUMNS, "period": {"from": "header 3"}}}, "has no header row 3"),
        ({"columns": {**TIDY_COLUMNS, "period": {"from": "line 7"}}}, "has no line 7"),
        ({"columns": {**TIDY_COLUMNS, "measure_code": {"constant": "cats"}}}, "is wrong"),
        (
            {"columns": {**TIDY_COLUMNS, "value": {"from": "line 1"}}},
            "does not say where the values",
        ),
        ({"published_on": {"from": "file name"}}, "no date of publication"),
    ],
)
def test_a_spec_that_does_not_fit_refuses_the_file(
    tmp_path: Path, parts: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatenlaborError, match=message):
        read_bytes(tmp_path, f"{TIDY}05;2015;rate;7\n".encode(), figures_spec(**parts))


def test_known_codes_may_be_absent(tmp_path: Path) -> None:
    read_bytes(tmp_path, f"{TIDY}05;2015;dogs;7\n".encode(), figures_spec(), known=Known({}, {}))
    assert figures_of(tmp_path) == {("05", "2015", "dogs"): (7, "A")}
    assert KNOWN.codes


def test_many_records_that_cannot_be_read_are_all_in_quarantine(tmp_path: Path) -> None:
    text = TIDY + "x;y\n" * 20_000
    reading = read_bytes(tmp_path, text.encode(), figures_spec())
    assert reading.account.records_quarantined == 20_000
    assert [(p.rule, p.values, p.first_line) for p in reading.problems] == [
        ("field_count", 20_000, 2)
    ]
