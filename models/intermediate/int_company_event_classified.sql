with events as (
    select
        *,
        cast(extract(year from event_on) as integer) as calendar_year
    from {{ ref("stg_delivery__company_events") }}
),

companies as (
    select * from {{ ref("int_company_year_classified") }}
),

final as (
    select
        events.company_code,
        events.event_on,
        events.event_kind,
        events.calendar_year,
        events.from_area_code,
        events.to_area_code,
        {%- for trait in company_traits() %}
            case
                when opening.company_code is not null then opening.{{ trait }}
                else closing.{{ trait }}
            end as {{ trait }},
        {%- endfor %}
        events.provenance_code
    from events
    left join companies as opening
        on
            events.company_code = opening.company_code
            and events.calendar_year = opening.calendar_year + 1
    left join companies as closing
        on
            events.company_code = closing.company_code
            and events.calendar_year = closing.calendar_year
)

select * from final
