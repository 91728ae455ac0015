with areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

peers as (
    select * from {{ ref("stg_register__peers") }}
),

ancestors as (
    select * from {{ ref("int_area_ancestor_resolved") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

-- The city and what lies in it are shown without being listed.
own_areas as (
    select
        areas.area_code,
        areas.area_type as peer_group,
        row_number() over (
            order by
                ancestors.step_count asc, levels.level_rank desc, areas.area_code asc
        ) as area_order
    from ancestors
    inner join areas on ancestors.descendant_area_code = areas.area_code
    inner join levels on areas.area_level = levels.area_level
    left join peers on areas.area_code = peers.area_code
    where
        ancestors.ancestor_area_code = '{{ var("city_code") }}'
        and peers.area_code is null
),

last_peers as (
    select coalesce(max(area_order), 0) as area_order from peers
),

final as (
    select
        peers.area_code,
        peers.area_order,
        peers.peer_group
    from peers
    inner join areas on peers.area_code = areas.area_code
    union all
    select
        own_areas.area_code,
        cast(last_peers.area_order + own_areas.area_order as integer) as area_order,
        own_areas.peer_group
    from own_areas
    cross join last_peers
)

select * from final
