with ancestors as (
    select * from {{ ref("int_area_ancestor_resolved") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

final as (
    select
        {{ area_key("ancestor_areas") }} as ancestor_area_key,
        {{ area_key("descendant_areas") }} as descendant_area_key,
        ancestors.step_count
    from ancestors
    inner join areas as ancestor_areas
        on ancestors.ancestor_area_code = ancestor_areas.area_code
    inner join areas as descendant_areas
        on ancestors.descendant_area_code = descendant_areas.area_code
)

select * from final
