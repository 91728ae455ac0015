with commuter_flows as (
    {{ observation_state(
        "commuter_flow",
        ["area_code", "year", "direction", "place_code"],
        part="observations.year",
    ) }}
),

final as (
    select
        area_code,
        year as calendar_year,
        direction,
        place_code,
        place_name,
        commuters as commuter_count,
        provenance as provenance_code,
        delivery_id
    from commuter_flows
)

select * from final
