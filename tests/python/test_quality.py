"""The published tables of quality: what a delivery, a gap, a change and a test look like there."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from warehouse_deliveries import Row, dbt, seen, write_delivery

from datenlabor.deliveries.contract import contracts
from datenlabor.deliveries.files.rules import HINTS
from datenlabor.paths import PROJECT, SEEDS

TODAY = "2026-03-01"
TESTED = ("test_type:singular", "path:models/marts/quality")
TOWN, COUNTY = "05162024", "05162"
INCOME = "disposable_income_per_head"
SINGULAR = sorted((PROJECT / "tests" / "dbt").glob("*.sql"))


def figure(area: str, period: str, value: float, measure: str = "population") -> Row:
    return {
        "area_code": area,
        "period": period,
        "measure_code": measure,
        "value": value,
        "obs_status": "A",
        "provenance": "published",
    }


def quarantine(home: Path, delivery_id: str, rows: list[Row]) -> None:
    """Write rows as reading does: the raw text with them."""
    columns = ["delivery_id", "line_number", "column_label", "raw_value", "rule", "hint"]
    columns += ["area_code", "period", "measure_code"]
    with duckdb.connect() as connection:
        declared = ", ".join(
            f"{name} {'bigint' if name == 'line_number' else 'varchar'}" for name in columns
        )
        connection.execute(f"create table bad ({declared})")
        for row in rows:
            connection.execute(
                f"insert into bad values ({', '.join('?' * len(columns))})",
                [{"delivery_id": delivery_id, **row}.get(name) for name in columns],
            )
        file = home / "deliveries" / delivery_id / "quarantine.parquet"
        connection.execute(f"copy bad to '{file}' (format parquet)")


def withdraw(home: Path, delivery_id: str, reason: str) -> None:
    content = {
        "delivery_id": delivery_id,
        "withdrawn_at": "2021-02-03T10:00:00Z",
        "reason": reason,
        "replaced_by_delivery_id": None,
    }
    file = home / "deliveries" / delivery_id / "withdrawal.json"
    file.write_text(json.dumps(content), "utf-8")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a home whose city corrected 2010, withdrew 2018 and had 2017 and 2019 refused."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATENLABOR_HOME", str(folder))
        write_delivery(
            folder, "first", "figure", "2019-09-01", [figure(COUNTY, "2010", 20_000, INCOME)]
        )
        write_delivery(
            folder,
            "second",
            "figure",
            "2020-09-01",
            [figure(COUNTY, "2010", 21_000, INCOME), figure(TOWN, "2016-12-31", 152_000)],
            file_name="einwohner.csv",
            records_read=5,
            records_header=1,
            records_loaded=2,
            records_quarantined=2,
            values_read=4,
            values_loaded=2,
            values_quarantined=2,
        )
        bad: dict[str, Any] = {"area_code": TOWN, "measure_code": "population", "hint": "Secret?"}
        quarantine(
            folder,
            "second",
            [
                {**bad, "line_number": 7, "column_label": "2017", "period": "2017-12-31"}
                | {"raw_value": "12 x", "rule": "not_a_number"},
                {**bad, "line_number": 9, "period": "2019-12-31"}
                | {"raw_value": "-5", "rule": "below_minimum"},
            ],
        )
        write_delivery(
            folder,
            "third",
            "figure",
            "2021-01-01",
            [figure(TOWN, "2018-12-31", 1)],
            file_name="falsch.csv",
        )
        withdraw(folder, "third", "Einheiten verwechselt")
        dbt(folder, "build", "--exclude-resource-type", "test", "unit_test", today=TODAY)
        dbt(folder, "test", "--select", *TESTED, today=TODAY)
        yield folder


def town(year: int) -> str:
    return f"area_code = '{TOWN}' and indicator_code = 'population' and calendar_year = {year}"


def missing(home: Path, year: int) -> tuple[Any, ...]:
    [row] = seen(
        home,
        "select reason_name, file_name, line_number, explanation "
        f"from protected.pub_missing_figure where {town(year)}",
    )
    return row


def test_a_quarantined_row_is_named_as_the_cause(home: Path) -> None:
    reason, file, line, explanation = missing(home, 2017)
    assert (reason, file, line) == ("in Quarantäne", "einwohner.csv", 7)
    assert "Datei „einwohner.csv“, Zeile 7, Spalte „2017“: Keine Zahl." in explanation
    assert "Zeile 9: Zu klein." in missing(home, 2019)[3]


def test_a_withdrawn_delivery_is_named_as_the_cause(home: Path) -> None:
    reason, file, line, explanation = missing(home, 2018)
    assert (reason, file, line) == ("Lieferung zurückgezogen", "falsch.csv", 2)
    assert explanation.endswith("Am 03.02.2021 zurückgezogen: Einheiten verwechselt")


def test_a_gap_nobody_delivered_for_has_the_general_reason(home: Path) -> None:
    reason, file, line, explanation = missing(home, 2020)
    assert (reason, file, line) == ("für dieses Jahr nicht veröffentlicht", None, None)
    assert explanation.endswith("in keiner der verwendeten Quellen.")


def test_every_missing_figure_has_a_sentence(home: Path) -> None:
    counts = seen(
        home,
        "select count(*), count(*) filter (where explanation like '%.%') "
        "from protected.pub_missing_figure",
    )
    assert counts[0][0] == counts[0][1] > 1000


def test_raw_texts_are_not_published(home: Path) -> None:
    rows = seen(home, "select * from protected.pub_quarantined_row")
    assert len(rows) == 2
    assert not {"12 x", "-5", "Secret?"} & {cell for row in rows for cell in row}


def test_deliveries_say_what_became_of_their_rows(home: Path) -> None:
    rows = seen(
        home,
        "select release_id, kind_name, published_text, record_text, state_text "
        "from protected.pub_delivery where is_delivery order by release_id",
    )
    assert rows == [
        ("first", "Lieferung", "01.09.2019", "1 / 0 / 0", "aktiv"),
        ("second", "Lieferung", "01.09.2020", "2 / 2 / 1", "aktiv"),
        ("third", "Lieferung", "01.01.2021", "1 / 0 / 0", "zurückgezogen: Einheiten verwechselt"),
    ]
    [(states, base)] = seen(
        home,
        "select count(distinct state_text), count(*) from protected.pub_delivery "
        "where not is_delivery",
    )
    assert states == 1
    assert base > 40


def test_a_change_shows_its_first_and_its_latest_value(home: Path) -> None:
    [row] = seen(
        home,
        "select vintage_count, latest_value_text, latest_published_text, latest_release_title "
        "from protected.pub_revision",
    )
    assert row == (3, "21.000 €", "01.09.2020", "Register der Stadt")
    [(first, difference, relative)] = seen(
        home, "select first_value, difference, relative_difference from protected.pub_revision"
    )
    assert difference == 21_000 - first
    assert relative == pytest.approx(difference / first)


def test_coverage_counts_areas_with_a_value(home: Path) -> None:
    [row] = seen(
        home,
        "select expected_count, figure_count, coverage_text, revised_count "
        "from protected.pub_indicator_coverage "
        "where indicator_code = 'population' and calendar_year = 2016",
    )
    assert row == (12, 1, "1 von 12", 0)


def test_freshness_is_measured_from_the_day_of_the_build(home: Path) -> None:
    rows = seen(
        home,
        "select last_year, rhythm_text, due_text, overdue_days, freshness "
        "from protected.pub_indicator_source "
        "where indicator_code = 'population' and last_year > 2015 order by last_year",
    )
    assert rows == [
        (
            *(2016, "jährlich, nach 6 Monaten", "30.06.2018"),
            *(None, "durch neuere Quelle fortgeführt"),
        ),
        (2022, "jährlich, nach 9 Monaten", "30.09.2024", 517, "überfällig seit 1 Jahr"),
    ]


def results(home: Path) -> dict[str, tuple[Any, ...]]:
    rows = seen(
        home,
        "select test_id, is_passed, violation_count, checked_text from protected.pub_test_result",
    )
    return {str(name): tuple(rest) for name, *rest in rows}


def test_results_of_the_build_are_in_the_table_it_makes(home: Path) -> None:
    found = results(home)
    assert len(found) > len(SINGULAR)
    assert set(found.values()) == {(True, 0, "01.03.2026, 00:00 Uhr")}
    kinds = dict(
        seen(home, "select kind_name, min(rule_text) from protected.pub_test_result group by all")
    )
    assert kinds["Verweise"] == "Jeder Verweis führt zu einem Eintrag, den es gibt."
    labels = seen(
        home, "select rule_text from protected.pub_test_result where is_domain_rule group by all"
    )
    assert len(labels) == len(SINGULAR), "a test without a German label of its own"


def test_a_partial_build_renews_only_what_it_tested(home: Path) -> None:
    before = results(home)
    with duckdb.connect(str(home / "warehouse.duckdb")) as connection:
        connection.execute(
            "insert into protected.pub_test_result select * replace ('test.gone' as test_id) "
            "from protected.pub_test_result limit 1"
        )
    dbt(home, "test", "--select", "dim_release,test_type:data", today="2026-03-02")
    after = results(home)
    assert after.keys() == before.keys()
    renewed = {name for name in after if after[name] != before[name]}
    assert renewed
    assert all("dim_release" in name for name in renewed)
    assert {after[name][2] for name in renewed} == {"02.03.2026, 00:00 Uhr"}


def codes(seed: str) -> set[str]:
    with (SEEDS / "codes" / f"{seed}.csv").open(encoding="utf-8", newline="") as stream:
        return {row[0] for row in csv.reader(stream)} - {"dataset_code", "kind_code", "rule_code"}


def test_every_kind_of_test_rule_and_dataset_has_german_words(home: Path) -> None:
    manifest = json.loads((home / "target" / "manifest.json").read_text("utf-8"))
    kinds = {
        node["test_metadata"]["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node.get("test_metadata")
    }
    assert kinds - codes("code_test_kind") == set()
    assert HINTS.keys() - codes("code_quarantine_rule") == set()
    assert contracts().keys() == codes("code_dataset")
