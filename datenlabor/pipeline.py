"""From the configuration and the deliveries to a warehouse that is up to date."""

from dataclasses import dataclass

from datenlabor import console, dbt, publishing, warehouse
from datenlabor.city import City
from datenlabor.deliveries import rebuild, store
from datenlabor.deliveries.ingest import ingest_registers
from datenlabor.errors import DatenlaborError
from datenlabor.paths import Home


@dataclass(frozen=True)
class Warehouse:
    """The warehouse as it is now."""

    fingerprint: str
    """Of what it was built from."""
    is_new: bool
    """Whether it is to be published; else the current release holds the same."""


def bring_up_to_date(home: Home, city: City) -> Warehouse:
    """Take in the city's registers and build the warehouse if it is not made of what is there now.

    Raises:
        DatenlaborError: a register, a model or a test is wrong, or something was changed while it
            was being built.

    """
    ingest_registers(home, city)
    with store.locked(home):
        rebuild.discard_draft(home)
        current = publishing.current_release(home)
        day = dbt.build_day()
        fingerprint = dbt.inputs_fingerprint(home, city, day)
        is_due = warehouse.built_from(home) != fingerprint
        if is_due:
            dbt.build(home, city)
            if dbt.inputs_fingerprint(home, city, day) != fingerprint:
                raise DatenlaborError(
                    "Models, seeds or configuration were changed during the build.",
                    hint="Run the command again; until then readers see what they saw before.",
                )
            warehouse.mark(home, fingerprint)
        else:
            console.done("unchanged since the last build, nothing to build")
        is_published = current is not None and current.inputs_fingerprint == fingerprint
    return Warehouse(fingerprint, is_new=is_due or not is_published)
