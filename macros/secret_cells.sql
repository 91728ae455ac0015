{#- Cells that an audience may not see, with what they count: one row per audience and cell. -#}
{% macro secret_cells() -%}
    select * exclude (cell_status)
    from (
        select
            unnest({{ audiences() }}) as audience_code,
            unnest([
                {%- for audience in audiences() %}
                    status_{{ audience }}{% if not loop.last %},{% endif %}
                {%- endfor %}
            ]) as cell_status,
            split_part(cell_id, '|', 1) as counted,
            split_part(cell_id, '|', 2) as area_code,
            split_part(cell_id, '|', 3) as period,
            split_part(cell_id, '|', 4) as breakdown,
            split_part(cell_id, '|', 5) as class_code
        from {{ ref("int_cell_protected") }}
    )
    where cell_status != 'free'
{%- endmacro %}

{#- Rows of CTE `shown` that are among those of CTE `secrets`, `secret_cells()`. -#}
{% macro shown_secrets() -%}
    {%- set keys = [
        "audience_code", "counted", "area_code", "period", "breakdown", "class_code"
    ] %}
    select shown.*
    from shown
    inner join secrets using ({{ keys | join(", ") }})
{%- endmacro %}
