with product_sources as (
    select * from {{ ref("code_source") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

latest as (
    select
        source_code,
        max(published_on) as data_state_on
    from deliveries
    where delivery_state = 'active'
    group by source_code
),

final as (
    select
        coalesce(latest.source_code, product_sources.source_code) as source_code,
        coalesce(latest.data_state_on, product_sources.data_state_on) as data_state_on
    from product_sources
    full join latest on product_sources.source_code = latest.source_code
)

select * from final
