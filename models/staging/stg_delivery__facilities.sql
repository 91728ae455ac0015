with facilities as (
    {{ register_state("facility", ["facility_code"]) }}
),

final as (
    select
        facility_code,
        facility_name,
        category,
        area_code,
        street,
        postal_code,
        carrier_type,
        capacity,
        is_accessible,
        contact_role,
        longitude,
        latitude,
        provenance_code,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from facilities
)

select * from final
