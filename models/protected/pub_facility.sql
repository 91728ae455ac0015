with facilities as (
    select * from {{ ref("dim_facility") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

categories as (
    select * from {{ ref("code_facility_category") }}
),

districts as (
    select * from {{ ref("dim_district") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

changes as (
    select valid_from_on as changed_on from facilities
    union
    select valid_to_on as changed_on from facilities
    where valid_to_on is not null
),

-- Of each month the last day the list changed: what lasted for days is left out.
states as (
    select
        max(changed_on) as state_on,
        max(changed_on) = max(max(changed_on)) over () as is_latest_state
    from changes
    group by date_trunc('month', changed_on)
),

final as (
    select
        audiences.audience_code,
        facilities.facility_code,
        states.state_on,
        cast(states.state_on as varchar) as state_name,
        states.is_latest_state,
        facilities.facility_key,
        facilities.facility_name,
        facilities.category,
        coalesce(categories.category_order, 999) as category_order,
        coalesce(categories.field_name, 'Sonstiges') as field_name,
        categories.need_code,
        coalesce(categories.is_shelter, false) as is_shelter,
        coalesce(categories.has_people_needing_help, false) as has_people_needing_help,
        facilities.area_code as district_code,
        coalesce(districts.area_name, areas.area_name, '–') as district_name,
        coalesce(districts.observation_area_code, areas.area_code) as area_code,
        coalesce(districts.observation_area_name, areas.area_name, '–') as area_name,
        -- The list is the city's: a facility without an area must not be lost.
        coalesce(areas.municipality_code, '{{ var("city_code") }}')
            as municipality_code,
        coalesce(
            nullif(concat_ws(', ', facilities.street, facilities.postal_code), ''), '–'
        ) as address,
        coalesce(facilities.carrier_type, '–') as carrier_type,
        facilities.capacity,
        facilities.is_accessible,
        case
            when facilities.is_accessible then 'ja'
            when not facilities.is_accessible then 'nein'
            else 'unbekannt'
        end as accessible_name,
        coalesce(facilities.contact_role, '–') as contact_role,
        {{ german_count("facilities.capacity") }} as capacity_text,
        facilities.longitude,
        facilities.latitude,
        facilities.valid_from_on,
        facilities.valid_to_on,
        provenances.name_de as provenance_name,
        coalesce(sources.attribution, '–') as attribution,
        coalesce(sources.licence_name, '–') as licence_name,
        audiences.audience_code || '|' || cast(states.state_on as varchar)
            as aggregation_key
    from facilities
    inner join states
        on
            facilities.valid_from_on <= states.state_on
            and (
                facilities.valid_to_on is null
                or facilities.valid_to_on > states.state_on
            )
    cross join audiences
    left join categories on facilities.category = categories.category
    left join districts on facilities.area_code = districts.area_code
    left join areas on facilities.area_code = areas.area_code
    left join sources on facilities.source_code = sources.source_code
    left join provenances
        on facilities.provenance_code = provenances.provenance_code
    -- A kind nobody has looked at is not for everybody.
    where audiences.audience_code = 'internal' or coalesce(categories.is_public, false)
)

select * from final
