with areas as (
    select * from {{ ref("int_area_listed") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

displayed as (
    select * from {{ ref("int_area_displayed") }}
),

final as (
    select
        {{ area_key("areas") }} as area_key,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        -- Within a city every city has names of its own for its parts.
        case
            when areas.area_level in ('district', 'observation_area', 'borough')
                then areas.area_type
            else levels.name_de
        end as area_level_name,
        areas.area_type,
        levels.level_rank as area_level_rank,
        areas.is_composed,
        areas.is_current,
        areas.valid_from as valid_from_on,
        areas.valid_to as valid_to_on,
        displayed.peer_group,
        displayed.area_order
    from areas
    inner join levels on areas.area_level = levels.area_level
    left join displayed
        on
            areas.area_code = displayed.area_code
            and areas.is_current
)

select * from final
