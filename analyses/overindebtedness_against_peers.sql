-- How has over-indebtedness developed in each observation area since 2009, against the
-- city and the published rates of Kreis, Land and Germany? Gaps were not published.
with overindebtedness as (
    select * from {{ ref("fct_overindebtedness") }}
    where breakdown = 'total' and time_key >= '2009'
),

published_rates as (
    select * from {{ ref("fct_indicator_value") }}
    where indicator_code = 'overindebtedness_rate'
),

districts as (
    select * from {{ ref("dim_district") }}
    where is_city
),

observation_areas as (
    select distinct
        observation_area_key,
        observation_area_name,
        municipality_key,
        county_key,
        state_key
    from districts
    where observation_area_key is not null
),

countries as (
    select * from {{ ref("dim_area") }}
    where area_level = 'country' and is_current
),

final as (
    select
        observation_areas.observation_area_name as area_name,
        parts.time_key as calendar_year,
        round(parts.overindebtedness_rate, 4) as area_rate,
        round(city.overindebtedness_rate, 4) as city_rate,
        round(county_rates.indicator_value, 4) as county_rate,
        round(state_rates.indicator_value, 4) as state_rate,
        round(country_rates.indicator_value, 4) as country_rate,
        round(parts.overindebtedness_rate / city.overindebtedness_rate, 2)
            as relative_to_city
    from observation_areas
    cross join countries
    inner join overindebtedness as parts
        on observation_areas.observation_area_key = parts.area_key
    left join overindebtedness as city
        on
            observation_areas.municipality_key = city.area_key
            and parts.time_key = city.time_key
    left join published_rates as county_rates
        on
            observation_areas.county_key = county_rates.area_key
            and parts.time_key = county_rates.time_key
    left join published_rates as state_rates
        on
            observation_areas.state_key = state_rates.area_key
            and parts.time_key = state_rates.time_key
    left join published_rates as country_rates
        on
            countries.area_key = country_rates.area_key
            and parts.time_key = country_rates.time_key
)

select * from final
order by area_name, calendar_year
