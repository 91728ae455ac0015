with product_edges as (
    select * from {{ ref("code_area_hierarchy") }}
),

delivered_areas as (
    select * from {{ ref("stg_delivery__areas") }}
),

final as (
    select
        parent_area_code,
        child_area_code
    from product_edges
    union distinct
    select
        parent_area_code,
        area_code as child_area_code
    from delivered_areas
    where parent_area_code is not null and valid_to is null and is_listed
)

select * from final
