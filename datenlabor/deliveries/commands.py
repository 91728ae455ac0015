"""``datenlabor ingest``, ``deliveries`` and ``rebuild``; registered by ``datenlabor.cli``."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from datenlabor import console
from datenlabor.city import City
from datenlabor.deliveries import ingest, report, store, supplied
from datenlabor.deliveries.inbox import Inbox, read_inbox
from datenlabor.deliveries.rebuild import rebuild
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home

app = typer.Typer(
    help="List deliveries; show or withdraw one.",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
)


def ingest_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files to deliver; of a shapefile the .shp.", dir_okay=False),
    ] = None,
    spec: Annotated[
        str | None,
        typer.Option(help="Name of a spec, or a spec file; by default the one that fits."),
    ] = None,
    inbox: Annotated[
        Path | None, typer.Option(help="Deliver all files of this folder.", file_okay=False)
    ] = None,
    published_on: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of publication, where the file is silent."),
    ] = None,
) -> None:
    """Read files into the data of the city; what is wrong in them is set aside and shown."""
    city, home = City.from_environment(), Home.from_environment()
    found = read_inbox(inbox) if inbox else Inbox([], [])
    every = [*(files or ()), *found.files]
    if not every and inbox is None:
        raise DatenlaborError("No file is named.", hint="Name files, or a folder with --inbox.")
    day = published_on.date() if published_on else None
    if day and day > datetime.now(UTC).date():
        raise DatenlaborError(f"--published-on {day} is in the future.")
    # What files are checked against: the areas, measures and indicators the city lists itself.
    ingest.ingest_registers(home, city)
    for path, reason in found.skipped:
        console.out.print(Text(f"{path.name!r}: not delivered, {reason}"))
    outcomes = ingest.ingest(home, city, every, spec, day)
    if inbox or len(every) > 1:
        report.show_summary(outcomes)
    if any(outcome.error for outcome in outcomes):
        raise typer.Exit(1)


@app.callback()
def list_command(context: typer.Context) -> None:
    """List all deliveries, oldest first."""
    if context.invoked_subcommand is None:
        report.show_list(
            store.deliveries(Home.from_environment()),
            supplied.deliveries(City.from_environment()),
        )


@app.command(name="show")
def show_command(
    delivery_id: Annotated[str, typer.Argument(help="Id of the delivery.")],
) -> None:
    """Show a delivery: record, account, problems, first rows in quarantine."""
    known = {delivery.id: delivery for delivery in supplied.deliveries(City.from_environment())}
    report.show_delivery(
        known.get(delivery_id) or store.read_delivery(Home.from_environment(), delivery_id)
    )


@app.command(name="withdraw")
def withdraw_command(
    delivery_id: Annotated[str, typer.Argument(help="Id of the delivery.")],
    reason: Annotated[str, typer.Option(help="Why it no longer counts.")],
) -> None:
    """Let a delivery no longer count; its files are kept."""
    home, city = Home.from_environment(), City.from_environment()
    if delivery_id in {delivery.id for delivery in supplied.deliveries(city)}:
        raise DatenlaborError(
            f"Delivery {delivery_id} came with the product and cannot be withdrawn.",
            hint=f"`with_supplied_deliveries: false` in {city.folder / 'city.yml'} leaves out all "
            "that came with it.",
        )
    with store.locked(home):
        store.withdraw(home, delivery_id, reason)
    console.out.print(
        f"Delivery {delivery_id} is withdrawn; `datenlabor publish` shows data without it."
    )


def rebuild_command(
    accept: Annotated[  # noqa: FBT002 a flag of the command line
        bool, typer.Option("--accept", help="Replace deliveries that are read differently today.")
    ] = False,
) -> None:
    """Prove all deliveries and build the whole warehouse, with its history, from nothing."""
    rebuild(Home.from_environment(), City.from_environment(), accept=accept)
