"""Tables that are odd in one way each: what of them is loaded, and where the rest went."""

from pathlib import Path

import pytest
from figures_spec import figures_of, figures_spec, quarantine_of, read_bytes

from datenlabor.errors import DatenlaborError

TIDY = "area_code;period;measure_code;value\n"


def test_a_factor_of_a_measure_loses_no_whole_number(tmp_path: Path) -> None:
    text = f"{TIDY}05;2015;population;1,001\n05;2016;population;8,999999999999998\n"
    read_bytes(tmp_path, text.encode(), figures_spec(factors={"population": 1000}))
    assert figures_of(tmp_path) == {
        ("05", "2015", "population"): (1001, "A"),
        ("05", "2016", "population"): (9000, "A"),
    }


def test_a_column_that_is_ignored_need_not_have_a_period(tmp_path: Path) -> None:
    text = ";2015;Quelle\n;Frauen;Quelle\n05;3;x\n"
    spec = figures_spec(
        body={"starts": {"line": 3}},
        header={"rows": 2},
        columns={
            "area_code": {"from": "column 1"},
            "period": {"from": "header 1"},
            "measure_code": {
                "from": "header 2",
                "map": {"Frauen": "population_female"},
                "ignore": "Quelle",
            },
            "value": {"from": "cells 2-"},
        },
    )
    reading = read_bytes(tmp_path, text.encode(), spec)
    assert figures_of(tmp_path) == {("05", "2015", "population_female"): (3, "A")}
    assert quarantine_of(tmp_path) == []
    account = reading.account
    assert (account.values_ignored, account.values_quarantined, reading.problems) == (1, 0, ())


def test_empty_fields_behind_the_last_column_are_left_out(tmp_path: Path) -> None:
    text = f'{TIDY}05;2015;rate;7;\n"05";2016;rate;7; ;\n05;2017;rate;7\n05;2018;rate;7;x\n'
    read_bytes(tmp_path, text.encode(), figures_spec())
    assert {period for _, period, _ in figures_of(tmp_path)} == {"2015", "2016", "2017"}
    assert [(line, rule) for line, _, _, rule in quarantine_of(tmp_path)] == [(5, "field_count")]


def test_a_day_of_publication_to_come_refuses_the_file(tmp_path: Path) -> None:
    spec = figures_spec(
        body={"starts": {"line": 2}, "ends": {"pattern": "Stand"}},
        published_on={"from": "footer"},
    )
    with pytest.raises(DatenlaborError, match="2099-12-31, is in the future"):
        read_bytes(tmp_path, f"{TIDY}05;2015;rate;7\nStand: 31.12.2099\n".encode(), spec)


def test_a_table_of_many_columns_is_read_in_blocks(tmp_path: Path) -> None:
    years = range(1800, 2200)
    header = ";".join(f"{year} {sex}" for year in years for sex in ("m", "w", "x"))
    values = ";".join(str(number) for number in range(3 * len(years) - 1))
    period = {"from": "header 1", "pattern": "([0-9]{4}) .", "as": "{1}"}
    labels = {"m": "population_male", "w": "population_female", "x": "population"}
    measure = {"from": "header 1", "pattern": ".* (.)", "as": "{1}", "map": labels}
    spec = figures_spec(
        columns={
            "area_code": {"from": "column 1"},
            "period": period,
            "measure_code": measure,
            "value": {"from": "cells 2-"},
        }
    )
    reading = read_bytes(tmp_path, f"Gebiet;{header}\n05;{values};y\n".encode(), spec)
    assert (reading.account.values_loaded, reading.account.values_quarantined) == (1199, 1)
    assert figures_of(tmp_path)["05", "2199", "population_female"] == (1198, "A")
    assert quarantine_of(tmp_path) == [(2, "2199 x", "y", "not_a_number")]


def test_a_table_of_too_many_columns_is_refused(tmp_path: Path) -> None:
    text = ";".join(map(str, range(1501)))
    with pytest.raises(DatenlaborError, match="has 1501 columns; read are at most 1500"):
        read_bytes(tmp_path, f"{text}\n{text}\n".encode(), figures_spec())
