with areas as (
    {{ register_state("area", ["area_code", "valid_from"]) }}
),

final as (
    select
        area_code,
        area_name,
        area_level,
        area_type,
        parent_area_code,
        valid_from,
        valid_to,
        is_composed,
        geometry,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from areas
)

select * from final
