with municipalities as (
    {{ register_state("municipality", ["municipality_code"]) }}
),

final as (
    select
        municipality_code,
        regional_code,
        municipality_name,
        surface_km2,
        population,
        postal_code,
        longitude,
        latitude,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from municipalities
)

select * from final
