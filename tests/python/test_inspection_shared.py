"""Real files: what is proposed for them reads them, and known figures come out."""

from pathlib import Path

import duckdb
import pytest
from shared_data import FOLDER, shared_file

from datenlabor.deliveries.catalogue import Known
from datenlabor.deliveries.inspection.propose import propose
from datenlabor.deliveries.reading import Reading, Target, read
from datenlabor.deliveries.spec import parse_spec

pytestmark = pytest.mark.shared_data

SPOTS = {
    "regionalstatistik/12411-01-01-5_00.csv": ("05162024", "2015-12-31", "population", 155414),
    "regionalstatistik/13111-08-02-5_00.csv": ("05162024", "2015-06-30", "commuters_in", 44551),
    "regionalstatistik/13211-02-05-4_00.csv": ("05162", "2001", "unemployment_rate", 6.5),
    "regionalstatistik/52411-02-01-4_00.csv": ("05162", "2009", "company_insolvencies", 281),
    "regionalstatistik/82411-01-03-4_00.csv": (
        "05162",
        "2000",
        "disposable_income_per_head",
        18547,
    ),
    "koeln/population/bevoelkerung.csv": ("05315", "2005-12-31", "residents", 1023101),
    "inkar/E_Schuldnerquote.xls": ("05162", "2004-10-01", "overindebtedness_rate", 9.69),
}
# The register gives one area without an own territory the coordinates 0, 0: rightly quarantined.
REGISTERS = {
    "koeln/geometry/Stadtteil.shp": ("area", 86),
    "krefeld-facilities/schools.json": ("facility", 78),
    "krefeld-facilities/playgrounds.json": ("facility", 203),
    "gemeindeverzeichnis/AuszugGV2QAktuell.xlsx": ("municipality", 10958),
}
OTHERS = sorted(
    str(file.relative_to(FOLDER))
    for file in FOLDER.glob("regionalstatistik/*.csv")
    if str(file.relative_to(FOLDER)) not in SPOTS
)
BAD_FOOTER_RECORDS = 2
"""Table 21111 has a note of more than 200 lines in one pair of quotes, below its body."""


def _read(name: str, folder: Path) -> Reading:
    file = shared_file(name)
    spec = parse_spec(propose(file, "05315").text, name)
    return read(file, spec, Target(folder, "d1"), Known({}, {}))


@pytest.mark.parametrize("name", SPOTS)
def test_known_figures(name: str, tmp_path: Path) -> None:
    area, period, measure, value = SPOTS[name]
    reading = _read(name, tmp_path)
    assert reading.account.values_quarantined == reading.account.records_quarantined == 0
    found = duckdb.execute(
        "select value from read_parquet(?) where area_code = ? and period = ? and measure_code = ?",
        [str(tmp_path / "figure.parquet"), area, period, measure],
    ).fetchall()
    assert found == [(value,)]


@pytest.mark.parametrize("name", OTHERS)
def test_other_official_tables(name: str, tmp_path: Path) -> None:
    account = _read(name, tmp_path).account
    assert account.values_quarantined == 0
    assert account.records_quarantined <= (BAD_FOOTER_RECORDS if "21111" in name else 0)
    assert account.values_loaded == account.values_read > 1000


@pytest.mark.parametrize("name", REGISTERS)
def test_registers(name: str, tmp_path: Path) -> None:
    dataset, rows = REGISTERS[name]
    reading = _read(name, tmp_path)
    assert reading.rows == {dataset: rows}
    assert reading.account.records_quarantined == (1 if dataset == "municipality" else 0)
