with areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

hierarchy as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

-- The smallest areas within municipalities: they have no parts.
districts as (
    select areas.*
    from areas
    left join hierarchy
        on
            areas.area_key = hierarchy.ancestor_area_key
            and hierarchy.step_count > 0
    where
        areas.municipality_code is not null
        and hierarchy.ancestor_area_key is null
),

ancestors as (
    select
        hierarchy.descendant_area_key,
        areas.area_key,
        areas.area_code,
        areas.area_name,
        areas.area_level
    from hierarchy
    inner join areas on hierarchy.ancestor_area_key = areas.area_key
),

final as (
    select
        districts.area_key,
        districts.area_code,
        districts.area_name,
        districts.area_type,
        observation_areas.area_key as observation_area_key,
        observation_areas.area_code as observation_area_code,
        observation_areas.area_name as observation_area_name,
        municipalities.area_key as municipality_key,
        municipalities.area_code as municipality_code,
        municipalities.area_name as municipality_name,
        counties.area_key as county_key,
        counties.area_code as county_code,
        counties.area_name as county_name,
        chamber_districts.area_key as chamber_district_key,
        chamber_districts.area_code as chamber_district_code,
        chamber_districts.area_name as chamber_district_name,
        states.area_key as state_key,
        states.area_code as state_code,
        states.area_name as state_name,
        coalesce(municipalities.area_code = '{{ var("city_code") }}', false) as is_city
    from districts
    left join ancestors as observation_areas
        on
            districts.area_key = observation_areas.descendant_area_key
            and observation_areas.area_level = 'observation_area'
    left join areas as municipalities
        on districts.municipality_code = municipalities.area_code
    left join ancestors as counties
        on
            districts.area_key = counties.descendant_area_key
            and counties.area_level = 'county'
    left join ancestors as chamber_districts
        on
            districts.area_key = chamber_districts.descendant_area_key
            and chamber_districts.area_level = 'chamber_district'
    left join ancestors as states
        on
            districts.area_key = states.descendant_area_key
            and states.area_level = 'state'
)

select * from final
