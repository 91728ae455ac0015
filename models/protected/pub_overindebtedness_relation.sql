with relations as (
    select * from {{ ref("fct_overindebtedness_relation") }}
),

municipalities as (
    select * from {{ ref("dim_area") }}
    where is_current
),

-- Levels have the names the municipality gives them.
levels as (
    select
        municipality_code,
        area_level,
        min(area_level_name) as area_level_name,
        min(area_order) as area_order
    from {{ ref("dim_area") }}
    where is_current and area_order is not null
    group by municipality_code, area_level
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

final as (
    select
        relations.audience_code,
        relations.municipality_code,
        municipalities.area_name as municipality_name,
        relations.area_level,
        levels.area_level_name,
        levels.area_order,
        indicators.indicator_name as related_name,
        periods.period_start_on,
        periods.calendar_year,
        relations.area_count,
        relations.correlation_coefficient,
        relations.correlation_low,
        relations.correlation_high,
        {{ german_number("relations.correlation_coefficient", "2") }}
            as correlation_text,
        coalesce(
            {{ german_number("relations.correlation_low", "2") }} || ' bis '
            || {{ german_number("relations.correlation_high", "2") }},
            'zu wenige Gebiete'
        ) as interval_text
    from relations
    inner join municipalities
        on relations.municipality_code = municipalities.area_code
    inner join levels
        on
            relations.municipality_code = levels.municipality_code
            and relations.area_level = levels.area_level
    inner join indicators
        on relations.related_indicator_code = indicators.indicator_code
    inner join periods on relations.time_key = periods.time_key
)

select * from final
