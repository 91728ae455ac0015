"""All deliveries of the demo city."""

from datetime import date

from datenlabor.demo import facilities, hazards, registers
from datenlabor.demo.supply import Supply
from datenlabor.demo.town import Town

_AREAS_ON = date(2020, 1, 15)
_HAZARDS_ON = date(2022, 1, 15)


def supplies(town: Town) -> list[Supply]:
    """Draw everything; the same for the same town."""
    return [
        Supply(
            kind="municipal",
            name="areas",
            dataset="area",
            title="Schematische Gebietsgliederung",
            published_on=_AREAS_ON,
            rows=registers.areas(town),
        ),
        *(
            Supply(
                kind="municipal",
                name="facilities",
                dataset="facility",
                title="Sozialatlas",
                published_on=state,
                rows=facilities.facilities(town, state),
            )
            for state in facilities.STATES
        ),
        Supply(
            kind="municipal",
            name="hazard_zones",
            dataset="hazard_zone",
            title="Schematische Hochwasser- und Starkregenzonen",
            published_on=_HAZARDS_ON,
            rows=hazards.hazard_zones(town),
        ),
    ]
