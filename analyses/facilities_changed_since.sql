-- How many facilities of each category were opened, moved, changed or closed since
-- 1 January 2023? History begins with the first list: what was on it is not new.
{%- set since = "date '2023-01-01'" %}

with versions as (
    select
        *,
        lag(valid_to_on) over facility_history as previous_valid_to_on,
        lag(longitude) over facility_history as previous_longitude,
        lag(latitude) over facility_history as previous_latitude,
        lead(valid_from_on) over facility_history as next_valid_from_on
    from {{ ref("dim_facility") }}
    window facility_history as (partition by facility_code order by valid_from_on)
),

first_list as (
    select min(valid_from_on) as listed_on from versions
),

changes as (
    select
        versions.category,
        versions.is_current,
        case
            when versions.previous_valid_to_on = versions.valid_from_on then 'changed'
            when versions.valid_from_on > first_list.listed_on then 'opened'
        end as beginning,
        versions.valid_from_on >= {{ since }} as has_begun,
        (
            versions.longitude != versions.previous_longitude
            or versions.latitude != versions.previous_latitude
        ) as has_moved,
        (
            versions.valid_to_on >= {{ since }}
            and versions.valid_to_on < coalesce(
                versions.next_valid_from_on, date '9999-12-31'
            )
        ) as has_closed
    from versions
    cross join first_list
),

final as (
    select
        category,
        count(*) filter (where has_begun and beginning = 'opened') as opened_count,
        count(*) filter (where has_begun and beginning = 'changed' and has_moved)
            as moved_count,
        count(*) filter (where has_begun and beginning = 'changed' and not has_moved)
            as changed_count,
        count(*) filter (where has_closed) as closed_count,
        count(*) filter (where is_current) as facility_count
    from changes
    group by category
)

select * from final
order by category
