"""Metrics of over-indebtedness, its types and commuters in plain SQL, by hand from the columns."""

from collections.abc import Mapping

DEBTS = "pub_overindebtedness"
DEBT_PEERS = "pub_overindebtedness_peer"
DEBTORS = "pub_debtor_type"
RELATIONS = "pub_overindebtedness_relation"
FLOWS = "pub_commuter_flow"
COMPARED = "pub_area_comparison"

DEBT_MODELS = {
    DEBTS: "overindebtedness",
    DEBT_PEERS: "overindebtedness_peer",
    DEBTORS: "debtor_type",
    RELATIONS: "overindebtedness_relation",
    FLOWS: "commuter_flow",
    COMPARED: "area_comparison",
}

DEBT_DIMENSIONS: list[tuple[str, tuple[str, ...]]] = [
    (DEBTS, ()),
    (DEBTS, ("area_level", "calendar_year", "breakdown")),
    (DEBTS, ("area_name", "calendar_year")),
    (DEBTS, ("measure_code", "area_code", "calendar_year")),
    (DEBT_PEERS, ("peer_name",)),
    (DEBT_PEERS, ("peer_name", "area_name", "calendar_year")),
    (DEBTORS, ()),
    (DEBTORS, ("area_level", "calendar_year", "is_group")),
    (DEBTORS, ("measure_code", "area_code", "calendar_year")),
    (RELATIONS, ("calendar_year",)),
    (RELATIONS, ("municipality_code", "area_level", "calendar_year")),
    (FLOWS, ()),
    (FLOWS, ("place_kind_name", "calendar_year")),
    (FLOWS, ("place_name", "area_code", "calendar_year")),
    (COMPARED, ("area_level",)),
    (COMPARED, ("municipality_name", "area_level", "indicator_code")),
    (COMPARED, ("area_code", "indicator_code")),
]


def _of_one_row(expression: str) -> str:
    return f"case when count(*) = 1 then any_value({expression}) end"


def _where_keys_agree(expression: str) -> str:
    return f"case when count(distinct aggregation_key) = 1 then {expression} end"


def _where_distributions_agree(expression: str) -> str:
    return f"case when count(distinct distribution_key) = 1 then {expression} end"


DEBT_METRICS: Mapping[str, Mapping[str, str]] = {
    DEBTS: {
        "debt_people": _where_keys_agree("sum(person_count)"),
        "debt_rate": _of_one_row("overindebtedness_rate"),
        "debt_rate_change": _of_one_row("100 * rate_change"),
        **{
            f"debt_rate_of_{place}": _of_one_row(f"{place}_rate")
            for place in ("city", "county", "state", "country")
        },
        "debt_distance_to_city": _of_one_row("100 * distance_to_city"),
        "debt_distance_to_country": _of_one_row("100 * distance_to_country"),
        "debt_part_share": _of_one_row("person_share"),
        "debt_related_rate": _of_one_row("related_rate"),
        "debt_rank": _of_one_row("area_rank"),
        "debt_area_position": "min(area_order)",
    },
    DEBT_PEERS: {
        "debt_rate_beside_peer": _of_one_row("overindebtedness_rate"),
        "debt_rate_of_city_beside_peer": _of_one_row("city_rate"),
        "debt_rate_of_peer": _of_one_row("peer_rate"),
        "debt_distance_to_peer": _of_one_row("100 * distance_to_peer"),
        "debt_peer_position": "min(peer_order)",
    },
    DEBTORS: {
        "debtor_people": _where_keys_agree("sum(person_count)"),
        "debtor_share": _of_one_row("person_share"),
        **{
            f"debtor_share_of_{place}": _of_one_row(f"{place}_share")
            for place in ("city", "country", "peer")
        },
        "debtor_distance_to_city": _of_one_row("100 * distance_to_city"),
        "debtor_distance_to_country": _of_one_row("100 * distance_to_country"),
    },
    RELATIONS: {
        "relation_areas": _of_one_row("area_count"),
        "relation_correlation": _of_one_row("correlation_coefficient"),
        "relation_correlation_low": _of_one_row("correlation_low"),
        "relation_correlation_high": _of_one_row("correlation_high"),
    },
    FLOWS: {
        "flow_in": _where_keys_agree("sum(commuters_in)"),
        "flow_out": _where_keys_agree("sum(commuters_out)"),
        "flow_balance": _where_keys_agree("sum(commuters_in) - sum(commuters_out)"),
        "flow_in_change": _where_keys_agree("sum(change_of_in)"),
        "flow_out_change": _where_keys_agree("sum(change_of_out)"),
        "flow_in_share": _where_keys_agree("sum(share_of_in)"),
        "flow_out_share": _where_keys_agree("sum(share_of_out)"),
        "flow_area_position": "min(area_order)",
    },
    COMPARED: {
        "compared_areas": _where_distributions_agree("count(shown_value)"),
        "compared_value": "case when count(shown_value) = 1 then max(shown_value) end",
        **{
            f"compared_{name}": _where_distributions_agree(f"max({name}_value)")
            for name in ("lowest", "lower_quartile", "median", "upper_quartile", "highest")
        },
    },
}
