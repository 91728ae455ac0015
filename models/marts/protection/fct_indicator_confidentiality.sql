with figures as (
    select * from {{ ref("fct_indicator_value") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

protected_measures as (
    select
        measures.measure_code,
        coalesce(company_measures.counted, measures.measure_code) as counted
    from {{ ref("stg_register__measures") }} as measures
    inner join {{ ref("catalogue_unit") }} as units
        on measures.unit_code = units.unit_code
    left join {{ ref("catalogue_company_measure") }} as company_measures
        on measures.measure_code = company_measures.measure_code
    where units.protected_unit is not null
),

cells as (
    select * from {{ ref("int_cell_protected") }}
),

secret_origins as (
    select * from {{ ref("int_origin_secret_listed") }}
),

-- Official statistics has protected what it published; of larger areas than a
-- municipality nothing is small.
classified as (
    select
        figures.area_key,
        figures.time_key,
        figures.indicator_code,
        areas.municipality_code,
        areas.area_level,
        areas.area_code,
        indicators.numerator_measure_code,
        indicators.denominator_measure_code,
        coalesce(figures.provenance_code, 'published') != 'synthetic'
        and indicators.protection_rule = 'official' as is_official,
        levels.level_rank <= municipalities.level_rank as is_small_area,
        figures.indicator_value is not null as is_figure,
        indicators.protection_rule in ('official', 'persons', 'enterprises')
            as is_rule_known,
        {% for part in ["numerator", "denominator"] -%}
            {{ part }}s.counted is not null as has_protected_{{ part }},
            {{ cell_id(part ~ "s.counted", "areas.area_code", "figures.time_key") }}
                as {{ part }}_cell_id
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    inner join areas on figures.area_key = areas.area_key
    inner join levels on areas.area_level = levels.area_level
    inner join levels as municipalities
        on municipalities.area_level = 'municipality'
    left join protected_measures as numerators
        on indicators.numerator_measure_code = numerators.measure_code
    left join protected_measures as denominators
        on indicators.denominator_measure_code = denominators.measure_code
),

decided as (
    select
        classified.*,
        {% for audience in audiences() -%}
            case
                when not classified.is_rule_known then 'N'
                when
                    classified.is_official
                    or not classified.is_small_area
                    or not classified.is_figure
                    then 'F'
                {% for part in ["numerator", "denominator"] -%}
                    when
                        classified.has_protected_{{ part }}
                        and {{ part }}s.cell_id is null
                        then 'N'
                {% endfor -%}
                when
                    'primary' in (
                        numerators.status_{{ audience }},
                        denominators.status_{{ audience }}
                    )
                    then 'A'
                when
                    'secondary' in (
                        numerators.status_{{ audience }},
                        denominators.status_{{ audience }}
                    )
                    then 'D'
                when
                    from_numerators.is_secret_{{ audience }}
                    or from_denominators.is_secret_{{ audience }}
                    then 'D'
                else 'F'
            end as {{ audience }}_status
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from classified
    left join cells as numerators on classified.numerator_cell_id = numerators.cell_id
    left join cells as denominators
        on classified.denominator_cell_id = denominators.cell_id
    {% for part in ["numerator", "denominator"] -%}
        left join secret_origins as from_{{ part }}s
            on
                classified.{{ part }}_measure_code = from_{{ part }}s.measure_code
                and classified.area_code = from_{{ part }}s.area_code
                and classified.time_key = from_{{ part }}s.time_key
    {% endfor %}
),

-- A page full of secrets helps nobody: an indicator that is mostly secret at a level is
-- not shown at that level at all.
final as (
    select
        area_key,
        time_key,
        indicator_code,
        not is_official as is_subject_to_protection,
        {% for audience in audiences() -%}
            {{ unless_mostly_secret(audience ~ "_status") }}
                as {{ audience }}_conf_status
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from decided
    window level_figures as (
        partition by indicator_code, area_level, municipality_code
    )
)

select * from final
