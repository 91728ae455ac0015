with business_climate as (
    select * from {{ ref("stg_delivery__business_climate") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

final as (
    select
        areas.area_key,
        business_climate.period_code as time_key,
        business_climate.branch_code,
        business_climate.provenance_code,
        deliveries.source_code,
        business_climate.situation as situation_balance,
        business_climate.expectations as expectations_balance,
        business_climate.climate as climate_balance
    from business_climate
    inner join areas on business_climate.area_code = areas.area_code
    inner join deliveries on business_climate.delivery_id = deliveries.delivery_id
)

select * from final
