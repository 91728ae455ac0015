"""``datenlabor docs``: documents that are generated from the project."""

from typing import Annotated

import typer

from datenlabor import dbt
from datenlabor.console import out
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, TARGET
from datenlabor.semantics.artifacts import read_project
from datenlabor.semantics.dictionary import data_dictionary

DICTIONARY = PROJECT / "docs" / "data-dictionary.md"


def docs_command(
    check: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--check", help="Fail if the document is out of date; write nothing.")
    ] = False,
) -> None:
    """Write the data dictionary from dbt's artifacts."""
    dbt.parse()
    text = data_dictionary(read_project(TARGET))
    is_current = DICTIONARY.exists() and DICTIONARY.read_text("utf-8") == text
    if check and not is_current:
        raise DatenlaborError(
            f"{DICTIONARY.relative_to(PROJECT)} is out of date.", hint="Run `datenlabor docs`."
        )
    if not is_current:
        DICTIONARY.write_text(text, "utf-8")
    state = "unchanged" if is_current else "written"
    out.print(f"{state}: {DICTIONARY.relative_to(PROJECT)}")
