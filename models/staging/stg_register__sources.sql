with product_sources as (
    select * from {{ ref("code_source") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
    where delivery_state = 'active'
),

delivered_sources as (
    select
        source_code,
        source_publisher as publisher,
        source_title as title_de,
        source_table_code as table_code,
        source_url as url,
        source_licence_code as licence_code,
        source_attribution as attribution,
        source_rhythm,
        cast(source_lag_months as integer) as source_lag_months
    from deliveries
    qualify row_number() over (
        partition by source_code order by published_on desc, received_at desc
    ) = 1
),

final as (
    select
        source_code,
        publisher,
        title_de,
        table_code,
        url,
        licence_code,
        attribution,
        source_rhythm,
        cast(source_lag_months as integer) as source_lag_months
    from delivered_sources
    union all
    select
        product_sources.source_code,
        product_sources.publisher,
        product_sources.title_de,
        product_sources.table_code,
        product_sources.url,
        product_sources.licence_code,
        product_sources.attribution,
        delivered_sources.source_rhythm,
        delivered_sources.source_lag_months
    from product_sources
    left join delivered_sources
        on product_sources.source_code = delivered_sources.source_code
    where delivered_sources.source_code is null
)

select * from final
