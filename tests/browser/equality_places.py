"""Plain SQL for the metrics of facilities and hazard zones; ``test_equality`` compares it."""

from collections.abc import Mapping

FACILITIES = "pub_facility"
SUPPLY = "pub_facility_supply"
EXPOSED = "pub_facility_exposure"
WAYS = "pub_safe_facility"
PEOPLE = "pub_hazard_exposure"
MODELS = {
    FACILITIES: "facility",
    SUPPLY: "facility_supply",
    EXPOSED: "facility_exposure",
    WAYS: "safe_facility",
    PEOPLE: "hazard_exposure",
}
DIMENSIONS: list[tuple[str, tuple[str, ...]]] = [
    (FACILITIES, ()),
    (FACILITIES, ("category", "area_name")),
    (FACILITIES, ("state_name", "field_name", "carrier_type")),
    (SUPPLY, ()),
    (SUPPLY, ("need_name", "area_level")),
    (SUPPLY, ("need_code", "area_code")),
    (EXPOSED, ()),
    (EXPOSED, ("category",)),
    (EXPOSED, ("scenario", "area_name", "needs_help_name")),
    (WAYS, ()),
    (WAYS, ("scenario", "category")),
    (PEOPLE, ()),
    (PEOPLE, ("scenario_name", "group_name")),
    (PEOPLE, ("scenario", "group_code", "area_code")),
]
_WARN = "filter (where crisis_role = 'warn')"
_HELP = "filter (where crisis_role = 'warn' and needs_help_name = 'ja')"
_TAKE_IN = "filter (where crisis_role = 'take_in')"
_NEAREST = "filter (where safe_rank = 1)"


def _once(column: str, value: str) -> str:
    """Return SQL for what may be added up for one value of a column only."""
    return f"case when count(distinct {column}) = 1 then {value} end"


METRICS: Mapping[str, Mapping[str, str]] = {
    FACILITIES: {
        "facilities": _once("state_on", "count(*)"),
        "facility_places": _once("state_on", "sum(capacity)"),
        "accessible_facilities": _once("state_on", "count(*) filter (where is_accessible)"),
        "accessible_share": _once("state_on", "avg(cast(is_accessible as integer))"),
        "places_per_facility": _once("state_on", "avg(capacity)"),
        "facility_categories": "count(distinct category)",
    },
    SUPPLY: {
        "needing_residents": _once("aggregation_key", "sum(group_value)"),
        "supply_rate": _once(
            "aggregation_key", "sum(supplied_value * per_residents) / sum(group_value)"
        ),
    },
    EXPOSED: {
        "located_facilities": _once("scenario", "count(*)"),
        "facilities_to_warn": _once("scenario", f"count(*) {_WARN}"),
        "facilities_to_evacuate": _once("scenario", f"count(*) {_HELP}"),
        "places_to_evacuate": _once("scenario", f"sum(capacity) {_HELP}"),
        "endangered_share": _once("scenario", f"count(*) {_WARN} / count(*)"),
        "facilities_to_watch": _once("scenario", "count(*) filter (where crisis_role = 'near')"),
        "shelters": _once("scenario", f"count(*) {_TAKE_IN}"),
        "shelter_places": _once("scenario", f"sum(capacity) {_TAKE_IN}"),
    },
    WAYS: {
        "nearest_safe_distance": _once("scenario", f"avg(distance_m) {_NEAREST}"),
        "longest_way_to_safety": _once("scenario", f"max(distance_m) {_NEAREST}"),
    },
    PEOPLE: {
        "exposed_residents": _once("aggregation_key", "sum(exposed_value)"),
        "exposed_share": _once("aggregation_key", "sum(exposed_value) / sum(group_value)"),
        "flooded_surface": _once("aggregation_key", "sum(inside_km2)"),
        "flooded_share": _once("aggregation_key", "sum(inside_km2) / sum(surface_km2)"),
    },
}
