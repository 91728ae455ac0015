-- How many places in day care are there for 100 children under six in each observation
-- area, and how many of them lie in the extreme flood zone?
with exposures as (
    select * from {{ ref("fct_facility_exposure") }}
    where category in ('Kindertagesstätte', 'Großtagespflege')
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
    where scenario = 'extreme' and is_current_edition
),

children as (
    select * from {{ ref("fct_measure_breakdown") }}
    where measure_code in ('population_0_2', 'population_3_5')
    qualify time_key = max(time_key) over ()
),

areas as (
    select * from {{ ref("dim_area") }}
    where area_level = 'observation_area' and is_current
),

latest_children as (
    select
        area_key,
        time_key,
        sum(part_value) as child_count
    from children
    group by area_key, time_key
),

places as (
    select
        exposures.area_key,
        sum(exposures.facility_count) as facility_count,
        sum(exposures.capacity) as place_count,
        coalesce(sum(exposures.inside_capacity), 0) as places_in_flood_zone
    from exposures
    inner join maps on exposures.hazard_map_key = maps.hazard_map_key
    group by exposures.area_key
),

final as (
    select
        areas.area_name,
        latest_children.time_key as calendar_year,
        latest_children.child_count,
        coalesce(places.facility_count, 0) as facility_count,
        coalesce(places.place_count, 0) as place_count,
        round(coalesce(places.place_count, 0) * 100 / latest_children.child_count, 1)
            as places_per_100_children,
        coalesce(places.places_in_flood_zone, 0) as places_in_flood_zone
    from areas
    inner join latest_children on areas.area_key = latest_children.area_key
    left join places on areas.area_key = places.area_key
)

select * from final
order by places_per_100_children
