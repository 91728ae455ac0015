with product_sources as (
    select * from {{ ref("code_source") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
    where delivery_state = 'active'
),

delivered as (
    select
        source_code,
        max(published_on) as data_state_on
    from deliveries
    group by source_code
),

final as (
    select
        source_code,
        data_state_on
    from delivered
    union all
    select
        product_sources.source_code,
        product_sources.data_state_on
    from product_sources
    left join delivered on product_sources.source_code = delivered.source_code
    where delivered.source_code is null
)

select * from final
