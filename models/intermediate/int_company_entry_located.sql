{%- set traits = company_traits() %}
{%- set keys = ["company_code", "calendar_year", "entry_on", "entry_kind"] %}

with companies as (
    select * from {{ ref("int_company_year_classified") }}
),

events as (
    select * from {{ ref("int_company_event_classified") }}
    where section_code is not null
),

ancestors as (
    select * from {{ ref("int_area_ancestor_resolved") }}
),

city_areas as (
    select
        ancestors.ancestor_area_code as area_code,
        ancestors.descendant_area_code as seat_area_code
    from ancestors
    inner join ancestors as within_city
        on ancestors.ancestor_area_code = within_city.descendant_area_code
    where within_city.ancestor_area_code = '{{ var("city_code") }}'
),

-- An event leaves an area, enters one, or both.
event_ends as (
    select
        *,
        event_on as entry_on,
        from_area_code as seat_area_code,
        case event_kind when 'move' then 'move_out' else event_kind end as entry_kind
    from events
    where event_kind in ('death', 'insolvency', 'move', 'move_out')
    union all
    select
        *,
        event_on as entry_on,
        to_area_code as seat_area_code,
        case event_kind when 'move' then 'move_in' else event_kind end as entry_kind
    from events
    where event_kind in ('birth', 'move', 'move_in')
),

event_entries as (
    select
        city_areas.area_code,
        {{ qualified("event_ends", keys + traits) }},
        event_ends.provenance_code
    from event_ends
    inner join city_areas on event_ends.seat_area_code = city_areas.seat_area_code
    -- An area that holds both ends of a move is neither left nor entered.
    qualify
        count(*) over (
            partition by
                event_ends.company_code,
                event_ends.event_on,
                event_ends.event_kind,
                city_areas.area_code
        ) = 1
),

-- Who came from another class, counted where it has its seat in the end.
changed_companies as (
    select
        closing.*,
        {%- for trait in traits %}
            opening.{{ trait }} as opening_{{ trait }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from companies as closing
    inner join companies as opening
        on
            closing.company_code = opening.company_code
            and closing.calendar_year = opening.calendar_year + 1
    where
        ({{ qualified("closing", traits) }})
        is distinct from ({{ qualified("opening", traits) }})
),

company_entries as (
    select
        area_code as seat_area_code,
        company_code,
        calendar_year,
        make_date(calendar_year, 12, 31) as entry_on,
        'stock' as entry_kind,
        {{ traits | join(", ") }},
        provenance_code,
        group_code,
        employees,
        turnover_eur
    from companies
    union all
    select
        area_code as seat_area_code,
        company_code,
        calendar_year,
        make_date(calendar_year, 12, 31) as entry_on,
        'class_in' as entry_kind,
        {{ traits | join(", ") }},
        provenance_code,
        null as group_code,
        null as employees,
        null as turnover_eur
    from changed_companies
    union all
    select
        area_code as seat_area_code,
        company_code,
        calendar_year,
        make_date(calendar_year, 12, 31) as entry_on,
        'class_out' as entry_kind,
        opening_{{ traits | join(", opening_") }},
        provenance_code,
        null as group_code,
        null as employees,
        null as turnover_eur
    from changed_companies
),

final as (
    select
        city_areas.area_code,
        {{ qualified("entries", keys + traits) }},
        entries.provenance_code,
        entries.group_code,
        entries.employees,
        entries.turnover_eur
    from company_entries as entries
    inner join city_areas on entries.seat_area_code = city_areas.seat_area_code
    union all
    select
        *,
        null as group_code,
        null as employees,
        null as turnover_eur
    from event_entries
)

select * from final
