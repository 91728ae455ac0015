"""``datenlabor publish``, ``audit`` and ``releases``; registered by ``datenlabor.cli``."""

from typing import Annotated

import typer
from rich.table import Table

from datenlabor import console, pipeline
from datenlabor.city import City
from datenlabor.errors import DatenlaborError
from datenlabor.paths import PROJECT, Home
from datenlabor.publishing import auditing, workflow

MANIFEST = PROJECT / "target" / "manifest.json"


def publish_command(
    keep: Annotated[
        int, typer.Option(min=workflow.MINIMUM_KEEP, help="How many releases stay on disk.")
    ] = 5,
    rollback: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--rollback", help="Show an earlier release again; build nothing.")
    ] = False,
    to: Annotated[
        str | None,
        typer.Option(help="With --rollback: id of that release; by default the previous one."),
    ] = None,
) -> None:
    """Publish the protected tables to the dashboards, or go back to an earlier release.

    The warehouse is built first if anything it is made of has changed; if nothing has, and it is
    published, the current release stays.
    """
    home = Home.from_environment()
    if to is not None and not rollback:
        raise DatenlaborError("--to names the target of a rollback.", hint="Add --rollback.")
    if rollback:
        release = workflow.rollback(home, to)
    else:
        warehouse = pipeline.bring_up_to_date(home, City.from_environment())
        release = (None if warehouse.is_new else workflow.current_release(home)) or (
            workflow.publish_build(
                home, MANIFEST, keep=keep, inputs_fingerprint=warehouse.fingerprint
            )
        )
    console.out.print(f"Current release: [bold]{release.release_id}[/bold] ({release.file})")


def audit_command() -> None:
    """Prove that no secret can be worked out, and show how much is not shown.

    Looks at the cells of the warehouse together with all that was ever published. Publishing does
    the same before it shows anything.
    """
    home = Home.from_environment()
    if not home.warehouse.exists():
        raise DatenlaborError(
            f"The warehouse {home.warehouse} is missing.", hint="Run `datenlabor publish`."
        )
    workflow.settle(home)
    for audited in auditing.audit(home):
        console.done(audited.summary)
    table = Table("Audience", "Table", "Cells", "Cells hidden", "Value hidden")
    for loss in auditing.losses(home):
        table.add_row(
            loss.audience,
            loss.table,
            str(loss.cells),
            f"{loss.share_of_cells:.1%}",
            f"{loss.share_of_value:.1%}",
        )
    console.out.print(table)


def releases_command() -> None:
    """List the releases on disk, newest first."""
    table = Table("Release", "Published (UTC)", "Tables", "Rows", "Current")
    for release in workflow.releases(Home.from_environment()):
        table.add_row(
            release.release_id,
            f"{release.published_at:%Y-%m-%d %H:%M:%S}",
            str(len(release.tables)),
            str(sum(release.tables.values())),
            "●" if release.is_current else "",
        )
    console.out.print(table)
