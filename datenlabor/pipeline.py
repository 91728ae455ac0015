"""From the configuration and the deliveries to a warehouse that is up to date."""

from dataclasses import dataclass

from datenlabor import console, dbt, narrow, publishing, warehouse
from datenlabor.city import City
from datenlabor.comments.delivering import ingest_comments
from datenlabor.deliveries import rebuild, store
from datenlabor.deliveries.ingest import ingest_registers
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home
from datenlabor.publishing.store import damaged_files


@dataclass(frozen=True)
class Warehouse:
    """The warehouse as it is now."""

    fingerprint: str
    """Of what it was built from."""
    is_new: bool
    """Whether it is to be published; else the current release holds the same."""


def bring_up_to_date(home: Home, city: City) -> Warehouse:
    """Take in registers and comments and build the warehouse if it is not made of what is there.

    Raises:
        DatenlaborError: a register, a model or a test is wrong, or something was changed while it
            was being built.

    """
    ingest_registers(home, city)
    ingest_comments(home, city)
    with store.locked(home):
        rebuild.discard_draft(home)
        # A build has to know all that was ever shown.
        publishing.settle(home)
        day = dbt.build_day()
        inputs = dbt.inputs(home, city, day)
        is_due = warehouse.built_from(home) != inputs.fingerprint
        if is_due:
            finished = narrow.from_text(warehouse.basis_of(home))
            is_same = finished is not None and finished.rules == inputs.rules
            dbt.build(home, city, finished if is_same else None)
            if dbt.inputs(home, city, day) != inputs:
                raise DatenlaborError(
                    "Models, seeds or configuration were changed during the build.",
                    hint="Run the command again; until then readers see what they saw before.",
                )
            warehouse.mark(home, inputs.fingerprint, dbt.basis(inputs))
        else:
            console.done("unchanged since the last build, nothing to build")
        is_new = is_due or not _is_published(home, inputs.fingerprint)
    return Warehouse(inputs.fingerprint, is_new)


def _is_published(home: Home, fingerprint: str) -> bool:
    """Say whether readers see a build of these inputs; a damaged release is to be replaced."""
    try:
        current = publishing.current_release(home)
    except DatenlaborError as error:
        console.err.print(f"[yellow]{error}[/yellow]")
        return False
    if current is None or current.inputs_fingerprint != fingerprint:
        return False
    damaged = damaged_files(current)
    if damaged:
        console.err.print(f"[yellow]{damaged[0]} is not what was published.[/yellow]")
    return not damaged
