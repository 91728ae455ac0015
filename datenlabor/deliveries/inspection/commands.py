"""The command ``datenlabor inspect``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from datenlabor.console import err
from datenlabor.deliveries.inspection.propose import propose
from datenlabor.paths import city_code


def inspect_command(
    file: Annotated[Path, typer.Argument(help="File to look at; of a shapefile the .shp.")],
    sheet: Annotated[
        str | None, typer.Option(help="Sheet or layer; by default the one with the most numbers.")
    ] = None,
    measures: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--measures", help="Print only the measures, label by label.")
    ] = False,
) -> None:
    """Look into an unknown file and propose a spec, to be checked and edited."""
    proposal = propose(file, city_code(), sheet)
    for finding in proposal.findings:
        err.print(finding, markup=False)
    text = proposal.measures_text if measures else proposal.text
    sys.stdout.write(text)
