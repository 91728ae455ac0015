with company_events as (
    {{ observation_state(
        "company_event",
        ["company_code", "event_on", "kind"],
        part="extract(year from observations.event_on)",
    ) }}
),

final as (
    select
        company_code,
        event_on,
        kind as event_kind,
        from_area_code,
        to_area_code,
        provenance_code,
        delivery_id
    from company_events
)

select * from final
