with areas as (
    select * from {{ ref("int_area_listed") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

displayed as (
    select * from {{ ref("int_area_displayed") }}
),

ancestors as (
    select * from {{ ref("int_area_ancestor_resolved") }}
),

-- A city that is a county of its own is its own municipality.
municipalities as (
    select
        ancestors.descendant_area_code as area_code,
        coalesce(
            max(case
                when areas.area_level = 'municipality' then areas.area_code
            end),
            max(case when areas.area_level = 'county' then areas.area_code end)
        ) as municipality_code
    from ancestors
    inner join areas on ancestors.ancestor_area_code = areas.area_code
    where areas.is_current
    group by ancestors.descendant_area_code
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
        displayed.area_order,
        -- Null is for everyone to see, so that what belongs to nobody must not be null.
        case
            when levels.level_rank < limits.level_rank
                then coalesce(municipalities.municipality_code, 'unknown')
        end as municipality_code
    from areas
    inner join levels on areas.area_level = levels.area_level
    inner join levels as limits on limits.area_level = 'municipality'
    left join municipalities on areas.area_code = municipalities.area_code
    left join displayed
        on
            areas.area_code = displayed.area_code
            and areas.is_current
)

select * from final
