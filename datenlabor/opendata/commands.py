"""``datenlabor export``; registered by ``datenlabor.cli``."""

from pathlib import Path
from typing import Annotated

import typer

from datenlabor import console
from datenlabor.city import City
from datenlabor.opendata import workflow
from datenlabor.opendata.settings import FILE
from datenlabor.paths import TARGET, Home


def export_command(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Where exports are kept; by default `open-data` beside the releases."),
    ] = None,
) -> None:
    """Write the open data of the current release: tables, catalogue and pages for a web server.

    The same release gives the same files, byte for byte. Serve the link `current` in the folder.
    """
    city = City.from_environment()
    done = workflow.export(
        Home.from_environment(), city, manifest=TARGET / "manifest.json", root=folder
    )
    console.out.print(f"Open data: [bold]{done.release_id}[/bold], {done.rows} rows ({done.path})")
    if done.settings.is_example:
        console.err.print(
            f"The addresses are an example: write {city.folder / FILE} before you serve this, "
            "see docs/open-data.md."
        )
