"""``datenlabor demo``: write the synthetic deliveries of the demo city."""

import shutil
from typing import Annotated

import typer

from datenlabor.deliveries.supplied import KINDS
from datenlabor.demo.town import CITY, Town
from datenlabor.documents import bring_up_to_date
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, SEEDS

CALIBRATION = PROJECT / "docs" / "calibration.md"


def demo_command(
    check: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--check", help="Fail if a file is not as generated; write nothing.")
    ] = False,
) -> None:
    """Write the synthetic deliveries of the demo city, and how well they honour what is known."""
    # pandas is slow to import, and other commands do without.
    from datenlabor.demo import calibration, supply  # noqa: PLC0415
    from datenlabor.demo.social import social_figures  # noqa: PLC0415
    from datenlabor.demo.supplies import supplies  # noqa: PLC0415

    town = Town.read()
    files = {SEEDS / name: text for name, text in supply.files(supplies(town)).items()}
    wanted = {file.parent for file in files}
    present = {path for kind in KINDS for path in (SEEDS / kind / CITY).glob("*") if path.is_dir()}
    for folder in sorted(present - wanted):
        if check:
            raise DatenlaborError(
                f"{folder.relative_to(SEEDS.parent)} is no longer generated.",
                hint="Run `datenlabor demo`.",
            )
        shutil.rmtree(folder)
    files[CALIBRATION] = calibration.report(social_figures(town))
    bring_up_to_date(files, check=check, command="datenlabor demo")
