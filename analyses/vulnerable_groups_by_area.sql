-- Where do especially vulnerable groups live? Observation areas by how many of six
-- burdens are a fifth or more above the city's, in the last year with the most of them.
with facts as (
    select * from {{ ref("fct_indicator_value") }}
    where
        indicator_code in (
            'overindebted', 'sgb2_rate', 'share_80plus', 'care_rate',
            'single_households', 'share_foreign'
        )
        and indicator_value is not null
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

observation_areas as (
    select distinct
        observation_area_key,
        observation_area_name,
        municipality_key
    from {{ ref("dim_district") }}
    where is_city
),

compared as (
    select
        observation_areas.observation_area_name as area_name,
        parts.time_key,
        indicators.indicator_name,
        parts.indicator_value / city.indicator_value as relative_to_city
    from observation_areas
    inner join facts as parts
        on observation_areas.observation_area_key = parts.area_key
    inner join facts as city
        on
            observation_areas.municipality_key = city.area_key
            and parts.indicator_code = city.indicator_code
            and parts.time_key = city.time_key
    inner join indicators on parts.indicator_code = indicators.indicator_code
),

latest as (
    select time_key from compared
    group by time_key
    order by count(distinct indicator_name) desc, time_key desc
    limit 1
),

final as (
    select
        compared.time_key as calendar_year,
        compared.area_name,
        count(*) filter (where compared.relative_to_city >= 1.2) as burden_count,
        string_agg(
            compared.indicator_name
            || ' ' || cast(round(compared.relative_to_city, 1) as varchar),
            ', ' order by compared.relative_to_city desc
        ) filter (where compared.relative_to_city >= 1.2) as burdens
    from compared
    inner join latest on compared.time_key = latest.time_key
    group by compared.time_key, compared.area_name
)

select * from final
order by burden_count desc, area_name asc
