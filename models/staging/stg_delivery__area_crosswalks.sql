with area_crosswalks as (
    {{ register_state(
        "area_crosswalk", ["old_area_code", "new_area_code", "reform_on", "basis"]
    ) }}
),

final as (
    select
        old_area_code,
        new_area_code,
        reform_on,
        basis,
        weight,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from area_crosswalks
)

select * from final
