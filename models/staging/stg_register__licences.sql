with product_licences as (
    select * from {{ ref("code_licence") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

final as (
    select
        licence_code,
        name as licence_name,
        url as licence_url
    from product_licences
    union all
    -- A licence the product does not know is shown by its code.
    select distinct
        deliveries.source_licence_code as licence_code,
        deliveries.source_licence_code as licence_name,
        cast(null as varchar) as licence_url
    from deliveries
    left join product_licences
        on deliveries.source_licence_code = product_licences.licence_code
    where product_licences.licence_code is null
)

select * from final
