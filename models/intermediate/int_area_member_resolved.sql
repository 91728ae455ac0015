with recursive areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

hierarchy as (
    select edges.*
    from {{ ref("stg_register__area_edges") }} as edges
    inner join areas as children on edges.child_area_code = children.area_code
),

members as (
    select
        hierarchy.parent_area_code as area_code,
        hierarchy.child_area_code as member_area_code,
        1 as step_count
    from hierarchy
    inner join areas on hierarchy.parent_area_code = areas.area_code
    where areas.is_composed
    union all
    -- A composed area has no figures of its own: its parts stand for it.
    select
        members.area_code,
        hierarchy.child_area_code as member_area_code,
        members.step_count + 1 as step_count
    from members
    inner join areas on members.member_area_code = areas.area_code
    inner join hierarchy on members.member_area_code = hierarchy.parent_area_code
    -- There are fewer levels than this; a circle in a delivered hierarchy ends here.
    where areas.is_composed and members.step_count < 12
),

leaves as (
    select distinct
        members.area_code,
        members.member_area_code
    from members
    inner join areas on members.member_area_code = areas.area_code
    where not areas.is_composed
),

final as (
    select
        area_code,
        member_area_code,
        count(*) over (partition by area_code) as member_count
    from leaves
)

select * from final
