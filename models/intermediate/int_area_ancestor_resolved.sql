with recursive areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

hierarchy as (
    select edges.*
    from {{ ref("stg_register__area_edges") }} as edges
    inner join areas on edges.parent_area_code = areas.area_code
    inner join areas as children on edges.child_area_code = children.area_code
),

ancestors as (
    select
        area_code as descendant_area_code,
        area_code as ancestor_area_code,
        0 as step_count
    from areas
    union all
    select
        ancestors.descendant_area_code,
        hierarchy.parent_area_code as ancestor_area_code,
        ancestors.step_count + 1 as step_count
    from ancestors
    inner join hierarchy on ancestors.ancestor_area_code = hierarchy.child_area_code
    -- There are fewer levels than this; a circle in a delivered hierarchy ends here.
    where ancestors.step_count < 12
),

-- An area may be reached on several ways, through a chamber district and directly.
final as (
    select
        descendant_area_code,
        ancestor_area_code,
        min(step_count) as step_count
    from ancestors
    group by descendant_area_code, ancestor_area_code
)

select * from final
