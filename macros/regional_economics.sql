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
    power(cast({{ present }} as double) / nullif({{ former }}, 0), 1.0 / {{ years }}) - 1
{%- endmacro %}
