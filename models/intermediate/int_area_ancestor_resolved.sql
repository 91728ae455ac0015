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
        0 as depth
    from areas
    union all
    select
        ancestors.descendant_area_code,
        hierarchy.parent_area_code as ancestor_area_code,
        ancestors.depth + 1 as depth
    from ancestors
    inner join hierarchy on ancestors.ancestor_area_code = hierarchy.child_area_code
),

final as (
    select
        descendant_area_code,
        ancestor_area_code,
        depth
    from ancestors
)

select * from final
