{%- set columns = [] %}
{%- for audience in audiences() %}
    {%- do columns.append((audience, "parts", audience ~ "_conf_status")) %}
    {%- do columns.append((audience, "totals", audience ~ "_total_conf_status")) %}
{%- endfor %}

with parts as (
    select * from {{ ref("fct_measure_breakdown") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

measures as (
    select
        measures.measure_code,
        units.protected_unit is not null as is_protected
    from {{ ref("stg_register__measures") }} as measures
    inner join {{ ref("catalogue_unit") }} as units
        on measures.unit_code = units.unit_code
),

cells as (
    select * from {{ ref("int_cell_protected") }}
),

classified as (
    select
        parts.area_key,
        parts.time_key,
        parts.measure_code,
        measures.is_protected,
        areas.area_level,
        areas.municipality_code,
        levels.level_rank <= municipalities.level_rank as is_small_area,
        parts.part_value is not null as is_figure,
        {{ cell_id("parts.measure_code", "areas.area_code", "parts.time_key") }}
            as part_cell_id,
        {{ cell_id("parts.total_measure_code", "areas.area_code", "parts.time_key") }}
            as total_cell_id
    from parts
    inner join areas on parts.area_key = areas.area_key
    inner join measures on parts.measure_code = measures.measure_code
    inner join levels on areas.area_level = levels.area_level
    inner join levels as municipalities
        on municipalities.area_level = 'municipality'
),

decided as (
    select
        classified.*,
        {% for audience, cell, column in columns -%}
            case
                when not (classified.is_small_area and classified.is_protected) then 'F'
                when {{ cell }}.cell_id is null then 'N'
                when {{ cell }}.status_{{ audience }} = 'primary' then 'A'
                when {{ cell }}.status_{{ audience }} = 'secondary' then 'D'
                else 'F'
            end as {{ column }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from classified
    left join cells as parts on classified.part_cell_id = parts.cell_id
    left join cells as totals on classified.total_cell_id = totals.cell_id
),

-- As in fct_indicator_confidentiality: what is mostly secret at a level is not shown.
final as (
    select
        area_key,
        time_key,
        measure_code,
        {% for audience in audiences() -%}
            {{ unless_mostly_secret(audience ~ "_conf_status") }}
                as {{ audience }}_conf_status,
            {{ audience }}_total_conf_status
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from decided
    window level_figures as (partition by measure_code, area_level, municipality_code)
)

select * from final
