{#-
    Location quotient: the share of an industry in an area by its share in the whole it is compared with.
    Counts are `part` (industry in area), `area`, `industry` (in the whole) and `whole`.
-#}
{% macro location_quotient(part, area, industry, whole) -%}
    cast({{ part }} as double) / nullif({{ area }}, 0)
    / nullif(cast({{ industry }} as double) / nullif({{ whole }}, 0), 0)
{%- endmacro %}

{#-
    Bound of the 95 % interval of a location quotient, lower for `sign` -1, upper for 1: on the log scale
    with standard error sqrt(1/part - 1/area + 1/industry - 1/whole) (Beyene & Moineddin 2005).
-#}
{% macro location_quotient_bound(quotient, part, area, industry, whole, sign) -%}
    {{ quotient }} * exp(
        {{ sign }} * 1.959964 * sqrt(
            greatest(
                1.0 / nullif({{ part }}, 0) - 1.0 / nullif({{ area }}, 0)
                + 1.0 / nullif({{ industry }}, 0) - 1.0 / nullif({{ whole }}, 0),
                0
            )
        )
    )
{%- endmacro %}

{#- Growth per year from `former` to `present`, `years` apart; null where there was nothing. -#}
{% macro growth_per_year(present, former, years) -%}
    {{ per_year("cast(" ~ present ~ " as double) / nullif(" ~ former ~ ", 0) - 1", years) }}
{%- endmacro %}

{#- A relative growth over `years` as growth per year. -#}
{% macro per_year(growth, years) -%}
    power(1 + {{ growth }}, 1.0 / {{ years }}) - 1
{%- endmacro %}

{#-
    Shift-share analysis (Dunn 1960): what of the change of `former`, an industry in an area, follows from the
    growth of the whole, from that of the industry there (`mix`) and from the area itself (`regional`). Growths
    are relative; the three parts of an industry add up to its change.
-#}
{% macro shift_share(part, former, area_growth, industry_growth, whole_growth) -%}
    {{ former }}
    * {{ {
        "whole": whole_growth,
        "mix": "(" ~ industry_growth ~ " - " ~ whole_growth ~ ")",
        "regional": "(" ~ area_growth ~ " - " ~ industry_growth ~ ")",
    }[part] }}
{%- endmacro %}

{#- Cases per 10,000 companies and year. -#}
{% macro insolvency_rate(cases, company_years) -%}
    10000.0 * {{ cases }} / nullif({{ company_years }}, 0)
{%- endmacro %}

{#- Columns of `fct_company_balance` by what is counted (`code_company_figure`). -#}
{% macro released_company_figures() -%}
    {{ return({
        "stock": "company_count",
        "employees": "employee_count",
        "turnover": "turnover_eur",
        "birth": "birth_count",
        "death": "death_count",
        "move_in": "move_in_count",
        "move_out": "move_out_count",
        "insolvency": "insolvency_count",
    }) }}
{%- endmacro %}

{#-
    Position of an industry (`code_industry_position`). `is_strong`: does it weigh more than in the comparison,
    null where chance may explain the difference; `is_growing`: does it grow faster than the whole.
-#}
{% macro industry_position(is_strong, is_growing) -%}
    case
        when {{ is_growing }} is null then 'unknown'
        when {{ is_strong }} is null then 'unremarkable'
        when {{ is_strong }} and {{ is_growing }} then 'strength'
        when {{ is_strong }} then 'risk'
        when {{ is_growing }} then 'chance'
        else 'weakness'
    end
{%- endmacro %}

{#- Years for which cohorts of founded companies are followed. -#}
{% macro survival_years() -%}
    {{ return(5) }}
{%- endmacro %}
