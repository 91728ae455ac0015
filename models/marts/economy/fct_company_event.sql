with events as (
    select * from {{ ref("int_company_event_classified") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

final as (
    select
        events.company_code,
        events.event_on,
        events.event_kind,
        cast(events.calendar_year as varchar) as time_key,
        from_areas.area_key as from_area_key,
        to_areas.area_key as to_area_key,
        events.industry_code,
        events.section_code,
        events.legal_form_code,
        events.size_class_code,
        events.turnover_class_code,
        events.age_class_code,
        events.provenance_code
    from events
    left join areas as from_areas on events.from_area_code = from_areas.area_code
    left join areas as to_areas on events.to_area_code = to_areas.area_code
)

select * from final
