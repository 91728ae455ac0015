{#- Last day of a period code: `2015`, `2015-H1`, `2015-Q3`, `2015-07` or a reference date. -#}
{% macro period_end(period_code) -%}
    case
        when length({{ period_code }}) = 10 then cast({{ period_code }} as date)
        else {{ last_day_of_month(
            "cast(substr(" ~ period_code ~ ", 1, 4) as integer)",
            period_end_month(period_code),
        ) }}
    end
{%- endmacro %}

{% macro period_end_month(period_code) -%}
    case
        when length({{ period_code }}) = 4 then 12
        when substr({{ period_code }}, 6, 1) = 'H'
            then cast(substr({{ period_code }}, 7, 1) as integer) * 6
        when substr({{ period_code }}, 6, 1) = 'Q'
            then cast(substr({{ period_code }}, 7, 1) as integer) * 3
        else cast(substr({{ period_code }}, 6, 2) as integer)
    end
{%- endmacro %}

{#- Condition: the vintage in `relation` was the valid one on a day (an SQL expression). -#}
{% macro is_known_on(relation, day) -%}
    {{ relation }}.known_from_on <= {{ day }}
    and coalesce({{ relation }}.known_to_on, date '9999-12-31') > {{ day }}
{%- endmacro %}

{#-
    The rows of a table of vintages that were valid on a day: what readers could know then.
    `day` is ISO text: as_known_on(ref("fct_indicator_vintage"), "2020-06-30").
-#}
{% macro as_known_on(relation, day) -%}
    (
        select *
        from {{ relation }} as vintages
        where {{ is_known_on("vintages", "date '" ~ day ~ "'") }}
    )
{%- endmacro %}

{#- Status of a sum: that of its worst part. -#}
{% macro worst_status(status_code) -%}
    case min(
        case {{ status_code }}
            {% for status in ["B", "D", "E", "U", "F", "P"] -%}
                when '{{ status }}' then {{ loop.index }}
            {% endfor -%}
            else 7
        end
    )
        {% for status in ["B", "D", "E", "U", "F", "P"] -%}
            when {{ loop.index }} then '{{ status }}'
        {% endfor -%}
        else 'A'
    end
{%- endmacro %}

{#- All vintages of one figure in the order in which they were published. -#}
{% macro cell_window() -%}
    (partition by area_code, measure_code, period_code order by known_from_on)
{%- endmacro %}

{#- Whether another value was known before this vintage of the figure `key`. -#}
{% macro is_revised(value, key) -%}
    {%- set earlier -%}
        over (
            partition by {{ key | join(", ") }}
            order by known_from_on
            rows between unbounded preceding and 1 preceding
        )
    {%- endset -%}
    coalesce(
        min({{ value }}) {{ earlier }} != {{ value }}
        or max({{ value }}) {{ earlier }} != {{ value }},
        false
    )
{%- endmacro %}

{#- Provenance of what is computed from parts: as weak as the weakest of them. -#}
{% macro combined_provenance(provenance_code) -%}
    case
        when bool_or({{ provenance_code }} = 'synthetic') then 'synthetic'
        when bool_or({{ provenance_code }} = 'estimated') then 'estimated'
        else 'derived'
    end
{%- endmacro %}

{#- Columns with the name of their relation before them. -#}
{% macro qualified(relation, columns) -%}
    {{ relation }}.{{ columns | join(", " ~ relation ~ ".") }}
{%- endmacro %}

{#- What readers must know of a converted figure; `converted` has columns `is_exact` and `basis`. -#}
{% macro conversion_note(reform_date, converted) -%}
    'umgerechnet auf den Gebietsstand vom ' || {{ reform_date }} || case
        when {{ converted }}.is_exact then '; Gebiete zusammengefasst'
        else '; Gewichte nach ' || case {{ converted }}.basis
            when 'population' then 'Einwohnern'
            when 'dwellings' then 'Wohnungen'
            when 'employees' then 'Beschäftigten'
            else 'Fläche'
        end
    end
{%- endmacro %}

{#- Condition: a former count of a municipality that is left out because it is small. -#}
{% macro is_small_former_count(count) -%}
    coalesce(
        {{ count }} != 0 and abs({{ count }}) < {{ var("smallest_former_count") }},
        false
    )
{%- endmacro %}
