"""``datenlabor demo`` and ``demo-load``: write the synthetic deliveries of the demo, or a load."""

import shutil
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from datenlabor import console
from datenlabor.deliveries.supplied import KINDS
from datenlabor.demo.town import CITY, Town
from datenlabor.documents import bring_up_to_date
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, SEEDS, Home

CALIBRATION = PROJECT / "docs" / "calibration.md"


def demo_command(
    check: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--check", help="Fail if a file is not as generated; write nothing.")
    ] = False,
) -> None:
    """Write the synthetic deliveries of the demo city, and how well they honour what is known."""
    # pandas is slow to import, and other commands do without.
    from datenlabor.demo import calibration, supply  # noqa: PLC0415
    from datenlabor.demo.supplies import supplies  # noqa: PLC0415

    town = Town.read()
    drawn = supplies(town)
    files = {SEEDS / name: text for name, text in supply.files(drawn).items()}
    wanted = {file.parent for file in files}
    present = {path for kind in KINDS for path in (SEEDS / kind / CITY).glob("*") if path.is_dir()}
    for folder in sorted(present - wanted):
        if check:
            raise DatenlaborError(
                f"{folder.relative_to(SEEDS.parent)} is no longer generated.",
                hint="Run `datenlabor demo`.",
            )
        shutil.rmtree(folder)
    files[CALIBRATION] = calibration.report(calibration.figures(town, drawn))
    bring_up_to_date(files, check=check, command="datenlabor demo")


def load_command(
    into: Annotated[
        Path, typer.Argument(help="Home to write into: an empty folder outside of data/.")
    ],
    cities: Annotated[int, typer.Option(min=1, max=999_999)] = 1,
    districts: Annotated[int, typer.Option(min=2, max=5_000, help="Of each city.")] = 30,
    companies: Annotated[int, typer.Option(min=0, help="Of each city.")] = 5_000,
    years: Annotated[int, typer.Option(min=1, max=17, help="Until 2024.")] = 17,
) -> None:
    """Write synthetic towns of any size as deliveries, to test how the warehouse scales."""
    from datenlabor.demo import load  # noqa: PLC0415 as above

    home = Home(into.resolve())
    wanted = load.Load(cities, districts, companies, years)
    load.check_target(home)
    with Progress(console=console.err) as progress:
        task = progress.add_task("Load", total=wanted.parts)
        for part in load.write(home, wanted):
            progress.update(task, advance=1, description=part)
    console.done(f"Build it with DATENLABOR_HOME={home.root}.")
