with areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

parts as (
    select * from {{ ref("int_area_part_outlined") }}
),

final as (
    select
        {{ area_key("areas") }} as area_key,
        parts.part_number,
        parts.contour,
        parts.drawn_contour
    from parts
    inner join areas on parts.area_code = areas.area_code
)

select * from final
