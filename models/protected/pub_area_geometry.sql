with parts as (
    select * from {{ ref("dim_area_part") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
    where area_level = 'municipality'
),

-- A map shows where in the city.
final as (
    select
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        parts.part_number,
        parts.contour,
        parts.drawn_contour
    from parts
    inner join areas on parts.area_key = areas.area_key
    inner join levels on areas.area_level_rank < levels.level_rank
    where areas.area_order is not null
)

select * from final
