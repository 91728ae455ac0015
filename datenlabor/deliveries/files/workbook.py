"""Prepare workbooks: every row of one sheet is a record."""

import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from itertools import islice
from pathlib import Path

from datenlabor.deliveries.files import workbook_process
from datenlabor.deliveries.files.division import divide
from datenlabor.deliveries.files.intake import refusal
from datenlabor.deliveries.files.quoting import Raw
from datenlabor.deliveries.files.records import Prepared
from datenlabor.deliveries.files.rules import oddity
from datenlabor.deliveries.files.workbook_checks import check_workbook, encrypted, is_xlsx
from datenlabor.deliveries.files.xlsx_cells import Hidden, hidden_cells
from datenlabor.deliveries.spec import Body, Spec

DELIMITER = ";"
"""Of ``body.csv``, and between the cells of a row where a pattern is to fit its beginning."""


def _output(file: Path, *arguments: str) -> Generator[list[str], None, None]:
    """Yield what the reading process writes. Raises DatenlaborError if it fails."""
    command = [sys.executable, "-m", workbook_process.__name__, str(file.resolve()), *arguments]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        try:
            for line in process.stdout or ():
                yield json.loads(line)
            problem = process.stderr.read() if process.stderr else ""
            process.wait()
        finally:
            # For when the rest is not wanted; what has ended is not affected.
            process.kill()
    if process.returncode == workbook_process.ENCRYPTED:
        raise encrypted(file)
    if process.returncode:
        # A failure inside the library adds a note on how to debug it.
        told = [line for line in problem.splitlines() if line and not line.startswith("note:")]
        reason = told or [f"reading ended with {process.returncode}"]
        raise refusal(
            file,
            "damaged",
            f"the workbook cannot be read: {reason[-1]}.",
            "Open it in a spreadsheet program and save it again.",
        )


def sheet_names(file: Path) -> list[str]:
    """Return the names of the sheets of a checked workbook. Raises DatenlaborError."""
    with closing(_output(file, "", ".")) as output:
        return next(output)


def sheet_index(file: Path, wanted: str | int | None) -> int:
    """Return the number from 0 of a sheet given by name or number from 1; by default the first.

    Raises:
        DatenlaborError: there is no such sheet, or the workbook cannot be read.

    """
    names = sheet_names(file)
    if wanted in names:
        return names.index(str(wanted))
    number = 1 if wanted is None else int(wanted) if str(wanted).isdecimal() else 0
    if not 1 <= number <= len(names):
        raise refusal(
            file,
            "sheet",
            f"there is no sheet {wanted!r} among {', '.join(map(repr, names))}.",
            "Correct `sheet:` under `format:` in the spec.",
        )
    return number - 1


def sheet_records(file: Path, index: int, decimal: str) -> Generator[Raw, None, None]:
    """Yield the rows of a sheet as records, numbered as the user sees them.

    Args:
        file: a checked workbook.
        index: number of the sheet from 0.
        decimal: how numbers are to be written.

    Raises:
        DatenlaborError: the sheet is damaged or too large.

    """
    hidden = hidden_cells(file, index) if is_xlsx(file) else Hidden()
    hidden_by_row = hidden.by_row()
    for line, fields in enumerate(islice(_output(file, str(index), decimal), 1, None), 1):
        rule = ""
        for place in hidden_by_row.get(line - 1, ()):
            if place in hidden.errors:
                fields[place[1]] = hidden.errors[place]
            else:
                rule = "uncalculated_formula"
        text = DELIMITER.join(fields)
        yield line, text, fields, rule or oddity(text)


def prepare_workbook(file: Path, spec: Spec, body: Body, folder: Path) -> Prepared:
    """Prepare one sheet of a workbook. Raises DatenlaborError."""
    check_workbook(file)
    index = sheet_index(file, spec.format.sheet)
    with closing(sheet_records(file, index, spec.numbers.decimal)) as records:
        return divide(file, records, spec, body, delimiter=DELIMITER, folder=folder)
