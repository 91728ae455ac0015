-- Guards that versions of an area or of a comment follow each other without a gap and
-- without an overlap, and those of a facility with a gap only while it was not listed.
-- An area's last day belongs to it; the others end on the first day of what follows.
with histories as (
    select
        'area' as entity,
        area_code as entity_code,
        valid_from_on,
        valid_to_on + interval 1 day as ended_on
    from {{ ref("dim_area") }}
    union all
    select
        'comment' as entity,
        comment_code as entity_code,
        valid_from_on,
        valid_to_on as ended_on
    from {{ ref("fct_commentary") }}
    union all
    select
        'facility' as entity,
        facility_code as entity_code,
        valid_from_on,
        valid_to_on as ended_on
    from {{ ref("dim_facility") }}
    union all
    select
        'facility' as entity,
        facility_code as entity_code,
        dbt_valid_from as valid_from_on,
        dbt_valid_to as ended_on
    from {{ ref("snap_facility") }}
    where not is_listed
),

followed as (
    select
        *,
        lead(valid_from_on) over (
            partition by entity, entity_code order by valid_from_on
        ) as next_from_on
    from histories
)

select * from followed
where
    ended_on <= valid_from_on
    or (next_from_on is not null and ended_on is distinct from next_from_on)
