"""The metrics of the economy in plain SQL, written by hand from the published columns."""

from collections.abc import Mapping

BALANCES = "pub_company_balance"
GROWTHS = "pub_company_growth"
POSITIONS = "pub_industry_position"
COMPARISONS = "pub_industry_comparison"
CRISES = "pub_industry_crisis"
MAPS = "pub_company_map"
SURVIVALS = "pub_company_survival"
CLIMATES = "pub_business_climate"

ECONOMY_MODELS = {
    BALANCES: "company_balance",
    GROWTHS: "company_growth",
    POSITIONS: "industry_position",
    COMPARISONS: "industry_comparison",
    CRISES: "industry_crisis",
    MAPS: "company_map",
    SURVIVALS: "company_survival",
    CLIMATES: "business_climate",
}

ECONOMY_DIMENSIONS: list[tuple[str, tuple[str, ...]]] = [
    (BALANCES, ()),
    (BALANCES, ("area_level", "period_name", "breakdown", "is_group")),
    (BALANCES, ("area_name", "calendar_year")),
    (BALANCES, ("area_code", "period_name", "breakdown", "class_code")),
    (GROWTHS, ()),
    (GROWTHS, ("area_name", "calendar_year", "span_name", "breakdown")),
    (GROWTHS, ("area_code", "calendar_year", "span_name", "class_code")),
    (POSITIONS, ()),
    (POSITIONS, ("area_code", "calendar_year")),
    (POSITIONS, ("area_level", "calendar_year", "industry_name")),
    (POSITIONS, ("position_name",)),
    (POSITIONS, ("area_code", "calendar_year", "industry_code")),
    (COMPARISONS, ("area_name", "peer_name")),
    (COMPARISONS, ("area_code", "peer_code", "calendar_year", "industry_code")),
    (CRISES, ("crisis_name",)),
    (CRISES, ("area_code", "figure_code", "breakdown", "class_code", "crisis_year")),
    (SURVIVALS, ("period_name",)),
    (SURVIVALS, ("area_code", "period_name", "breakdown", "class_code", "years_after")),
    (CLIMATES, ("branch_name",)),
    (CLIMATES, ("area_code", "period_code", "branch_code")),
    (MAPS, ("area_name",)),
    (MAPS, ("area_code", "figure_code", "industry_name", "period_name")),
]


def _where_keys_agree(expression: str) -> str:
    return f"case when count(distinct aggregation_key) = 1 then {expression} end"


def _of_one_row(column: str) -> str:
    return f"case when count(*) = 1 then any_value({column}) end"


def _of_all_groups(expression: str) -> str:
    return (
        "case when count(distinct (audience_code, area_code, calendar_year)) = 1"
        f" and count(company_share) = any_value(group_count) then {expression} end"
    )


_COMPANIES = "sum(company_count)"
_YEARS = "nullif(sum(company_year_count), 0)"

ECONOMY_METRICS: Mapping[str, Mapping[str, str]] = {
    BALANCES: {
        "companies": _where_keys_agree(_COMPANIES),
        "company_employees": _where_keys_agree("sum(employee_count)"),
        "company_turnover": _where_keys_agree("sum(turnover_eur) / 1e6"),
        "founded_companies": _where_keys_agree("sum(birth_count)"),
        "closed_companies": _where_keys_agree("sum(death_count)"),
        "founding_balance": _where_keys_agree("sum(birth_count) - sum(death_count)"),
        "arrived_companies": _where_keys_agree("sum(move_in_count)"),
        "departed_companies": _where_keys_agree("sum(move_out_count)"),
        "insolvent_companies": _where_keys_agree("sum(insolvency_count)"),
        "founding_rate": _where_keys_agree(f"sum(birth_count) / {_YEARS}"),
        "closing_rate": _where_keys_agree(f"sum(death_count) / {_YEARS}"),
        "insolvency_frequency": _where_keys_agree(f"10000 * sum(insolvency_count) / {_YEARS}"),
        "insolvency_frequency_low": _of_one_row("insolvency_rate_low"),
        "insolvency_frequency_high": _of_one_row("insolvency_rate_high"),
        "employees_per_company": _where_keys_agree(f"sum(employee_count) / {_COMPANIES}"),
        **{
            f"{subject}_growth_{years}y": _of_one_row(f"{column}_growth_{years}y")
            for subject, column in (("companies", "company"), ("employees", "employee"))
            for years in (1, 3, 5, 10)
        },
    },
    GROWTHS: {
        "growth_of_companies_chosen": _of_one_row("company_growth"),
        "growth_of_employees_chosen": _of_one_row("employee_growth"),
        "growth_span_position": "min(span_years)",
    },
    POSITIONS: {
        "area_position": "min(area_order)",
        "industry_companies": _of_one_row("company_count"),
        "industry_share": _of_one_row("company_share"),
        "industry_share_of_city": _of_one_row("city_share"),
        "industry_growth": _of_one_row("company_growth_5y"),
        **{
            name: _of_one_row(name)
            for name in ("location_quotient", "location_quotient_low", "location_quotient_high")
        },
        **{
            name: _where_keys_agree(f"round(sum({name}), 6)")
            for name in ("whole_effect", "mix_effect", "regional_effect")
        },
        "industry_concentration": _of_all_groups(
            "(sum(company_share * company_share) - 1.0 / count(*)) / (1 - 1.0 / count(*))"
        ),
        "industry_specialisation": _of_all_groups("sum(abs(company_share - city_share))"),
    },
    COMPARISONS: {
        "peer_quotient": _of_one_row("location_quotient"),
        "peer_quotient_low": _of_one_row("location_quotient_low"),
        "peer_quotient_high": _of_one_row("location_quotient_high"),
        "published_industry_share": _of_one_row("company_share"),
    },
    CRISES: {
        "crisis_change": _of_one_row("crisis_change"),
        "recovery_years": _of_one_row("recovered_year - crisis_year"),
    },
    SURVIVALS: {
        "cohort_foundings": _of_one_row("founded_count"),
        "surviving_companies": _of_one_row("surviving_count"),
        "company_survival": _of_one_row("surviving_count / founded_count"),
        "company_survival_low": _of_one_row("survival_rate_low"),
        "company_survival_high": _of_one_row("survival_rate_high"),
    },
    CLIMATES: {
        "business_situation": _of_one_row("situation_balance"),
        "business_expectations": _of_one_row("expectations_balance"),
        "business_climate_index": _of_one_row("climate_balance"),
    },
    MAPS: {
        "company_map_colour": "case when count(distinct (audience_code, figure_code, period_name,"
        " industry_name)) = 1 then max(coalesce(nullif(shown_value, 0), shown_value + 0.0001)) end",
    },
}
