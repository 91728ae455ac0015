with located as (
    select * from {{ ref("int_facility_hazard_located") }}
),

facilities as (
    select * from {{ ref("dim_facility") }}
    where is_current
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
),

final as (
    select
        facilities.facility_key,
        maps.hazard_map_key,
        located.zone_code,
        located.depth_class,
        located.distance_to_edge_m,
        located.is_inside,
        case
            when 'synthetic' in (facilities.provenance_code, maps.provenance_code)
                then 'synthetic'
            else 'derived'
        end as provenance_code
    from located
    inner join facilities on located.facility_code = facilities.facility_code
    inner join maps
        on
            located.scenario = maps.scenario
            and located.edition = maps.edition
)

select * from final
