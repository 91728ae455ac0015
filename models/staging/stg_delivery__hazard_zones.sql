with hazard_zones as (
    {{ register_state("hazard_zone", ["zone_code", "scenario", "edition"]) }}
),

final as (
    select
        zone_code,
        scenario,
        edition,
        depth_class,
        geometry,
        provenance_code,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from hazard_zones
)

select * from final
