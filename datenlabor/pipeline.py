"""From the configuration and the deliveries to a warehouse that is up to date."""

from dataclasses import dataclass

from datenlabor import console, dbt, publishing
from datenlabor.city import City
from datenlabor.deliveries.ingest import ingest_registers
from datenlabor.paths import Home


@dataclass(frozen=True)
class Warehouse:
    """The warehouse as it is now."""

    fingerprint: str
    """Of what it was built from."""
    is_new: bool
    """Whether it was built just now; else the current release holds the same."""


def bring_up_to_date(home: Home, city: City) -> Warehouse:
    """Take in the city's registers and build the warehouse if anything has changed.

    Raises:
        DatenlaborError: a register, a model or a test is wrong.

    """
    ingest_registers(home, city)
    fingerprint = dbt.inputs_fingerprint(home, city)
    current = publishing.current_release(home)
    if current and current.inputs_fingerprint == fingerprint and home.warehouse.exists():
        console.done("unchanged since the current release, nothing to build")
        return Warehouse(fingerprint, is_new=False)
    dbt.build(home, city)
    return Warehouse(fingerprint, is_new=True)
