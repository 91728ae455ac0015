"""Reading registers: types, rules, rows that contradict each other."""

from pathlib import Path

import pytest
from figures_spec import figures_spec, quarantine_of, read_bytes, rows_of

from datenlabor.deliveries.spec import Spec

FACILITIES = "Nr;Name;Art;PLZ;Plätze;Zugang;Lon;Lat\n"


def facilities_spec() -> Spec:
    columns = {
        "facility_code": {"from": "column Nr"},
        "facility_name": {"from": "column Name"},
        "category": {"from": "column Art", "map": {"KiTa": "Tageseinrichtung", "Schule": "Schule"}},
        "postal_code": {"from": "column PLZ", "digits": 5},
        "capacity": {"from": "column Plätze"},
        "is_accessible": {"from": "column Zugang"},
        "longitude": {"from": "column Lon"},
        "latitude": {"from": "column Lat"},
    }
    return figures_spec(dataset="facility", columns=columns, symbols={"-": "O"})


def test_a_register_is_read_with_its_types(tmp_path: Path) -> None:
    text = (
        FACILITIES + "1;  Kita  am Markt;KiTa;1067;35;ja;6,69;51,2\n2;Schule;Schule;41460;-;;6;51\n"
    )
    read_bytes(tmp_path, text.encode(), facilities_spec())
    first, second = rows_of(tmp_path, "facility")
    assert first["facility_name"] == "Kita am Markt"
    assert first["category"] == "Tageseinrichtung"
    assert first["postal_code"] == "01067"
    assert (first["capacity"], first["is_accessible"], first["longitude"]) == (35, True, 6.69)
    assert (second["capacity"], second["is_accessible"], second["street"]) == (None, None, None)


@pytest.mark.parametrize(
    ("row", "column", "raw", "rule"),
    [
        ("2;;KiTa;41460;1;ja;6;51", "Name", "", "required"),
        ("2;B;Kino;41460;1;ja;6;51", "Art", "Kino", "unknown_label"),
        ("2;B;KiTa;4146O;1;ja;6;51", "PLZ", "4146O", "pattern"),
        ("2;B;KiTa;41460;1,5;ja;6;51", "Plätze", "1,5", "not_an_integer"),
        ("2;B;KiTa;41460;-1;ja;6;51", "Plätze", "-1", "below_minimum"),
        ("2;B;KiTa;41460;1;vielleicht;6;51", "Zugang", "vielleicht", "not_a_boolean"),
        ("2;B;KiTa;41460;1;ja;190;51", "Lon", "190", "above_maximum"),
        ("2;B;KiTa;41460;1;ja;6;", "Lat", "", "required"),
    ],
)
def test_a_register_row_that_breaks_a_rule_is_quarantined(
    tmp_path: Path, row: str, column: str, raw: str, rule: str
) -> None:
    text = f"{FACILITIES}1;A;KiTa;41460;1;ja;6;51\n{row}\n"
    account = read_bytes(tmp_path, text.encode(), facilities_spec()).account
    assert quarantine_of(tmp_path) == [(3, column, raw, rule)]
    assert (account.records_loaded, account.records_quarantined) == (1, 1)
    assert len(rows_of(tmp_path, "facility")) == 1


GOOD, OTHER, BAD = "1;A;KiTa;41460;1;ja;6;51", "1;B;KiTa;41460;1;ja;6;51", "1;A;Kino;41460;;;6;51"


@pytest.mark.parametrize(
    ("rows", "loaded", "rules"),
    [
        ((GOOD, OTHER), [], {2: "repeated_key", 3: "repeated_key"}),
        ((GOOD, OTHER, GOOD), [], dict.fromkeys((2, 3, 4), "repeated_key")),
        ((GOOD, GOOD, GOOD), [2], {3: "repeated_row", 4: "repeated_row"}),
        ((BAD, GOOD), [3], {2: "unknown_label"}),
    ],
)
def test_of_rows_with_the_same_key_only_one_that_is_sure_is_loaded(
    tmp_path: Path, rows: tuple[str, ...], loaded: list[int], rules: dict[int, str]
) -> None:
    text = FACILITIES + "".join(f"{row}\n" for row in rows)
    account = read_bytes(tmp_path, text.encode(), facilities_spec()).account
    assert [row["line_number"] for row in rows_of(tmp_path, "facility")] == loaded
    assert {line: rule for line, _, _, rule in quarantine_of(tmp_path)} == rules
    assert (account.records_loaded, account.records_quarantined) == (len(loaded), len(rules))


CROSSWALK = "old_area_code;new_area_code;reform_on;basis;weight\n"


def crosswalk_rows(folder: Path, *rows: str) -> list[tuple[str, str]]:
    """Read a crosswalk; return old and new area of what is loaded."""
    columns = {name: {"from": f"column {name}"} for name in CROSSWALK.strip().split(";")}
    text = CROSSWALK + "".join(f"{row}\n" for row in rows)
    read_bytes(folder, text.encode(), figures_spec(dataset="area_crosswalk", columns=columns))
    loaded = rows_of(folder, "area_crosswalk")
    return [(row["old_area_code"], row["new_area_code"]) for row in loaded]


def test_shares_that_are_not_a_whole_are_quarantined_together(tmp_path: Path) -> None:
    whole = ["1;8;2010-01-01;population;0,333333", "1;9;2010-01-01;population;0,666667"]
    # What one basis or reform lacks, another does not make up for.
    lacking = ["2;8;2010-01-01;population;0,6", "2;9;2010-01-01;area;0,4"]
    doubled = ["3;8;2010-01-01;area;1", "3;9;2010-01-01;area;0,5", "3;9;2012-01-01;area;1"]
    loaded = crosswalk_rows(tmp_path, *whole, *lacking, *doubled)
    assert loaded == [("1", "8"), ("1", "9"), ("3", "9")]
    assert quarantine_of(tmp_path) == [
        (4, "weight", "0.6", "not_a_whole"),
        (5, "weight", "0.4", "not_a_whole"),
        (6, "weight", "1.0", "not_a_whole"),
        (7, "weight", "0.5", "not_a_whole"),
    ]


def test_a_share_in_quarantine_is_missing_from_the_others(tmp_path: Path) -> None:
    parts = ["1;8;2010-01-01;area;0,5", "1;9;2010-01-01;area;x"]
    assert crosswalk_rows(tmp_path, *parts) == []
    assert quarantine_of(tmp_path) == [
        (2, "weight", "0.5", "not_a_whole"),
        (3, "weight", "x", "not_a_number"),
    ]


MEASURES = "measure_code;name_de;unit_code;sum_of\nkm;km;persons;\n"


def measures_spec() -> Spec:
    columns = {
        name: {"from": f"column {name}"}
        for name in ("measure_code", "name_de", "unit_code", "sum_of")
    }
    return figures_spec(dataset="measure", columns=columns)


def test_a_sum_names_measures_that_are_known_or_in_the_same_file(tmp_path: Path) -> None:
    row = 'balance;Saldo;persons;"population@ -1+  km -2*population_male ; km"\n'
    read_bytes(tmp_path, f"{MEASURES}{row}".encode(), measures_spec())
    _, balance = rows_of(tmp_path, "measure")
    assert balance["sum_of"] == "population@-1 + km - 2 * population_male; km"


@pytest.mark.parametrize(
    ("sum_of", "rule", "hint"),
    [
        ("km + poplation@-1", "unknown_code", "'poplation' is unknown. Did you mean 'population'?"),
        ("km population", "not_a_sum", "+ or - and a measure is expected at 'population'"),
        ("km; population@-99", "not_a_sum", "years before must lie between 1 and 10"),
    ],
)
def test_a_sum_that_says_nothing_is_quarantined_with_what_to_do(
    tmp_path: Path, sum_of: str, rule: str, hint: str
) -> None:
    text = f'{MEASURES}balance;Saldo;persons;"{sum_of}"\n'
    read_bytes(tmp_path, text.encode(), measures_spec())
    assert quarantine_of(tmp_path) == [(3, "sum_of", sum_of, rule)]
    (found,) = rows_of(tmp_path, "quarantine")
    assert hint in found["hint"]
    assert "population@-1 + births - deaths" in found["hint"]
