with parts as (
    select * from {{ ref("dim_area_part") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

final as (
    select
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.area_order,
        parts.part_number,
        parts.contour
    from parts
    inner join areas on parts.area_key = areas.area_key
    where areas.area_order is not null
)

select * from final
order by area_code, part_number
