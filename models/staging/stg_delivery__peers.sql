with peers as (
    {{ register_state("peer", ["area_code"]) }}
),

final as (
    select
        area_code,
        area_order,
        peer_group,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from peers
)

select * from final
