with product_peers as (
    select * from {{ ref("catalogue_peer") }}
    where city_code = '{{ var("city_code") }}'
),

delivered_peers as (
    select * from {{ ref("stg_delivery__peers") }}
    where is_listed
),

final as (
    select
        area_code,
        cast(area_order as integer) as area_order,
        peer_group
    from delivered_peers
    union all
    select
        product_peers.area_code,
        product_peers.area_order,
        product_peers.peer_group
    from product_peers
    left join delivered_peers on product_peers.area_code = delivered_peers.area_code
    where delivered_peers.area_code is null
)

select * from final
