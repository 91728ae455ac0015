"""``datenlabor run``: from the checkout to the running dashboards."""

from datenlabor import console, pipeline, publishing
from datenlabor.city import City
from datenlabor.paths import TARGET, Home
from datenlabor.service import superset

STEPS = 3


def run_command() -> None:
    """Build the warehouse, publish it, and serve the dashboards until Ctrl-C."""
    city = City.from_environment()
    home = Home.from_environment()
    superset.check_port(superset.port_from_environment())
    console.step(1, STEPS, "Warehouse: dbt build")
    warehouse = pipeline.bring_up_to_date(home, city)
    current = publishing.current_release(home)
    if current and not warehouse.is_new:
        console.step(2, STEPS, f"Publish: release {current.release_id} is current")
    else:
        console.step(2, STEPS, "Publish: checked copy of the protected tables")
        release = publishing.publish_build(
            home, TARGET / "manifest.json", inputs_fingerprint=warehouse.fingerprint
        )
        console.done(f"release {release.release_id}, {sum(release.tables.values())} rows")
    console.step(3, STEPS, "Superset: set up and start")
    superset.serve_forever(home)
