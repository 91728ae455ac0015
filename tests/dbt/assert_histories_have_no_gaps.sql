-- Guards that versions of an area, a comment or a facility do not overlap and leave no
-- gap. An area's last day belongs to it; others end on the first day of what follows.
-- Only a facility may be away: its snapshot, which has no gaps, says it was not listed.
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
    or ended_on > next_from_on
    or (ended_on is null and next_from_on is not null)
    or (ended_on < next_from_on and entity != 'facility')
