with recursive areas as (
    select * from {{ ref("code_area") }}
),

hierarchy as (
    select * from {{ ref("code_area_hierarchy") }}
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
),

final as (
    select
        descendant_area_code,
        ancestor_area_code,
        step_count
    from ancestors
)

select * from final
