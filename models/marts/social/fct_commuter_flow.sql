with flows as (
    select * from {{ ref("stg_delivery__commuter_flows") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

final as (
    select
        areas.area_key,
        cast(flows.calendar_year as varchar) as time_key,
        flows.direction,
        flows.place_code,
        flows.place_name,
        places.area_key as place_area_key,
        flows.delivery_id as release_id,
        flows.provenance_code,
        cast(flows.commuter_count as bigint) as commuter_count
    from flows
    inner join areas on flows.area_code = areas.area_code
    left join areas as places on flows.place_code = places.area_code
)

select * from final
