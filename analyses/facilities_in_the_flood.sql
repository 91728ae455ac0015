-- Which facilities of people who cannot easily leave lie in the extreme flood zone and
-- must be warned, and which safe one is next to each, if possible in the same area?
with located as (
    select * from {{ ref("bridge_facility_x_hazard") }}
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
    where scenario = 'extreme' and is_current_edition
),

facilities as (
    select * from {{ ref("dim_facility") }}
),

districts as (
    select * from {{ ref("dim_district") }}
    where is_city
),

placed as (
    select
        facilities.*,
        located.is_inside,
        located.depth_class,
        located.distance_to_edge_m,
        coalesce(districts.observation_area_name, districts.area_name) as place_name
    from located
    inner join maps on located.hazard_map_key = maps.hazard_map_key
    inner join facilities on located.facility_key = facilities.facility_key
    inner join districts on facilities.area_code = districts.area_code
),

endangered as (
    select * from placed
    where
        is_inside
        and category in (
            'Kindertagesstätte', 'Pflegeheim', 'Krankenhaus', 'Grundschule',
            'Tagespflege'
        )
),

-- A few metres beside the water is not safe.
safe as (
    select * from placed
    where
        not is_inside
        and distance_to_edge_m > 250
        and category in (
            'Bürgerhaus', 'Notunterkunft', 'Sporthalle', 'Weiterführende Schule'
        )
),

-- Kilometres on a plane are near enough within a city.
pairs as (
    select
        endangered.place_name,
        endangered.facility_name,
        endangered.category,
        endangered.capacity,
        endangered.depth_class,
        safe.facility_name as safe_facility_name,
        safe.capacity as safe_capacity,
        endangered.place_name = safe.place_name as is_same_area,
        sqrt(
            power((endangered.latitude - safe.latitude) * 111.2, 2)
            + power(
                (endangered.longitude - safe.longitude)
                * 111.3 * cos(radians(endangered.latitude)), 2
            )
        ) as distance_km
    from endangered
    cross join safe
),

final as (
    select
        place_name,
        facility_name,
        category,
        capacity,
        depth_class,
        safe_facility_name,
        safe_capacity,
        is_same_area,
        round(distance_km, 1) as distance_km
    from pairs
    qualify row_number() over (
        partition by facility_name order by is_same_area desc, distance_km asc
    ) = 1
)

select * from final
order by place_name, facility_name
