"""How fast, and in how much memory, a file becomes contract rows.

    .venv/bin/python -m benchmarks.reading [--megabytes 1000] [--wide]

Writes a synthetic German CSV (semicolon, cp1252, decimal comma, dotted thousands) and reads it
with the product and, for comparison in the same run, with plain DuckDB and pandas, which check
nothing. Each runs in a process of its own; peak memory is that of the process.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

SPEC = {
    "name": "benchmark",
    "title": "Synthetic figures",
    "dataset": "figure",
    "source": {
        "code": "benchmark",
        "publisher": "Synthetic",
        "title": "Synthetic",
        "licence": "CC-BY-4.0",
        "attribution": "Synthetic",
    },
    "format": {"type": "csv"},
    "body": {"starts": {"line": 2}},
    "header": {"rows": 1},
    "numbers": {"decimal": ",", "thousands": "."},
    "symbols": {"-": 0, ".": "O"},
    "columns": {
        "area_code": {"from": "column Gebiet"},
        "period": {"from": "column Jahr"},
        "measure_code": {"from": "column Merkmal", "map": {"Größe": "size", "Fläche": "surface"}},
        "value": {"from": "column Wert"},
    },
}
WIDE_COLUMNS = {
    "area_code": {"from": "column Gebiet"},
    "period": {"from": "header 1"},
    "measure_code": {"constant": "size"},
    "value": {"from": "cells 2-"},
}
YEARS = range(1950, 2030)


def number(seed: int) -> str:
    """Return a German number, now and then a symbol."""
    value = seed * 7919 % 10_000_000
    if not seed % 97:
        return "-" if seed % 2 else "."
    return f"{value // 10:,}".replace(",", ".") + f",{value % 10}"


def write_long(file: Path, size: int) -> int:
    """Write one value per line; return the number of lines."""
    rows = 0
    with file.open("w", encoding="cp1252", newline="") as stream:
        stream.write("Gebiet;Jahr;Merkmal;Wert\r\n")
        while stream.tell() < size:
            lines = []
            for row in range(rows, rows + 100_000):
                area, year, label = row // 160, YEARS[row // 2 % 80], ("Größe", "Fläche")[row % 2]
                lines.append(f"{area + 1_000_000:08d};{year};{label};{number(row)}\r\n")
            stream.write("".join(lines))
            rows += len(lines)
    return rows


def write_wide(file: Path, size: int) -> int:
    """Write one column per year; return the number of lines."""
    rows = 0
    with file.open("w", encoding="cp1252", newline="") as stream:
        stream.write(";".join(["Gebiet", *map(str, YEARS)]) + "\r\n")
        while stream.tell() < size:
            lines = []
            for row in range(rows, rows + 2_000):
                values = (number(row * 80 + year) for year in range(len(YEARS)))
                lines.append(f"{row + 1_000_000:08d};" + ";".join(values) + "\r\n")
            stream.write("".join(lines))
            rows += len(lines)
    return rows


def read_product(file: Path, spec_file: Path) -> str:
    """Read the file as a delivery would be; return the account."""
    from datenlabor.deliveries.catalogue import Known
    from datenlabor.deliveries.reading import Target, read
    from datenlabor.deliveries.spec import read_spec

    folder = file.parent / "rows"
    folder.mkdir(exist_ok=True)
    codes = {"obs_status": {"A", "O"}, "provenance": {"published"}}
    known = Known(codes, {})
    account = read(file, read_spec(spec_file), Target(folder, "benchmark"), known).account
    return (
        f"{account.records_loaded} records and {account.values_loaded} values loaded, "
        f"{account.records_quarantined} quarantined"
    )


def read_duckdb(file: Path, _spec_file: Path) -> str:
    """Load the file as text with DuckDB, which checks nothing."""
    import duckdb

    target = file.parent / "plain.parquet"
    duckdb.execute(
        f"copy (select * from read_csv('{file}', delim=';', header=true, all_varchar=true, "
        f"encoding='latin-1')) to '{target}'"
    )
    return "as text, unchecked"


def read_pandas(file: Path, _spec_file: Path) -> str:
    """Load the file with pandas, which checks little."""
    import pandas as pd

    frame = pd.read_csv(
        file, sep=";", decimal=",", thousands=".", encoding="cp1252", na_values=["-", "."]
    )
    return f"{len(frame)} rows, symbols lost"


READERS = {"product": read_product, "duckdb": read_duckdb, "pandas": read_pandas}


def measure(reader: str, file: Path, spec_file: Path, rows: int) -> None:
    """Run one reader in a process of its own and print what it took."""
    begun = time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "benchmarks.reading",
        "--run",
        reader,
        str(file),
        str(spec_file),
    ]
    finished = subprocess.run(command, check=False, capture_output=True, text=True)
    seconds = time.perf_counter() - begun
    result, memory, cpu = finished.stdout.strip().split("|") if finished.stdout else ("", "0", "0")
    if finished.returncode:
        result = f"failed: {finished.stderr.strip()[-200:]}"
    sys.stdout.write(
        f"{reader:8} {seconds:7.1f} s  {float(cpu):7.1f} s of CPU  "
        f"{rows / seconds:12,.0f} lines/s  "
        f"{int(memory) / 1024:7.0f} MB  {result}\n"
    )
    sys.stdout.flush()


def main() -> None:
    """Write a file of the wanted size and read it with every reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--wide", action="store_true")
    parser.add_argument(
        "--run", nargs=3, metavar=("READER", "FILE", "SPEC"), help=argparse.SUPPRESS
    )
    options = parser.parse_args()
    if options.run:
        reader, file, spec_file = options.run
        result = READERS[reader](Path(file), Path(spec_file))
        used = resource.getrusage(resource.RUSAGE_SELF)
        sys.stdout.write(f"{result}|{used.ru_maxrss}|{used.ru_utime + used.ru_stime}")
        return
    with tempfile.TemporaryDirectory() as folder:
        file, spec_file = Path(folder) / "figures.csv", Path(folder) / "spec.yml"
        write = write_wide if options.wide else write_long
        rows = write(file, options.megabytes * 1_000_000)
        spec = SPEC | {"columns": WIDE_COLUMNS} if options.wide else SPEC
        spec_file.write_text(yaml.safe_dump(spec, allow_unicode=True), encoding="utf-8")
        sys.stdout.write(f"{file.stat().st_size / 1e6:,.0f} MB, {rows:,} lines\n")
        for reader in READERS:
            measure(reader, file, spec_file, rows)


if __name__ == "__main__":
    main()
