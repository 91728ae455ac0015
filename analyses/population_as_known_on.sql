-- Which population of the city, year by year, did readers know on 31 December 2018, and
-- which do they know today?
with vintages as (
    select * from {{ ref("fct_indicator_vintage") }}
),

known_then as (
    select * from {{ as_known_on(ref("fct_indicator_vintage"), "2018-12-31") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where area_code = '{{ var("city_code") }}'
),

final as (
    select
        vintages.time_key as calendar_year,
        known_then.indicator_value as known_on_2018_12_31,
        known_then.release_id as release_then,
        vintages.indicator_value as known_today,
        vintages.release_id as release_today,
        vintages.is_revised
    from vintages
    inner join areas on vintages.area_key = areas.area_key
    left join known_then
        on
            vintages.area_key = known_then.area_key
            and vintages.time_key = known_then.time_key
            and vintages.indicator_code = known_then.indicator_code
    where
        vintages.indicator_code = 'population'
        and vintages.known_to_on is null
)

select * from final
order by calendar_year
