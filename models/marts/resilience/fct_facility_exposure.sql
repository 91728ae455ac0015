with located as (
    select * from {{ ref("bridge_facility_x_hazard") }}
),

facilities as (
    select * from {{ ref("dim_facility") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

hierarchy as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

-- Facilities are listed for the city: of areas around it they would be a part only.
city_areas as (
    select hierarchy.descendant_area_key as area_key
    from hierarchy
    inner join areas on hierarchy.ancestor_area_key = areas.area_key
    where areas.area_code = '{{ var("city_code") }}'
),

final as (
    select
        city_areas.area_key,
        located.hazard_map_key,
        facilities.category,
        {{ combined_provenance("located.provenance_code") }} as provenance_code,
        count(*) as facility_count,
        count(*) filter (where located.is_inside) as inside_facility_count,
        cast(sum(facilities.capacity) as bigint) as capacity,
        cast(sum(facilities.capacity) filter (where located.is_inside) as bigint)
            as inside_capacity
    from located
    inner join facilities on located.facility_key = facilities.facility_key
    inner join areas on facilities.area_code = areas.area_code
    inner join hierarchy on areas.area_key = hierarchy.descendant_area_key
    inner join city_areas on hierarchy.ancestor_area_key = city_areas.area_key
    group by
        city_areas.area_key,
        located.hazard_map_key,
        facilities.category
)

select * from final
