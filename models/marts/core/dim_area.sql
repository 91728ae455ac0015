with areas as (
    select * from {{ ref("code_area") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

final as (
    select
        {{ area_key("areas") }} as area_key,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        levels.name_de as area_level_name,
        areas.area_type,
        levels.level_rank as area_level_rank,
        areas.is_composed,
        areas.valid_to is null as is_current,
        areas.valid_from as valid_from_on,
        areas.valid_to as valid_to_on
    from areas
    inner join levels on areas.area_level = levels.area_level
)

select * from final
