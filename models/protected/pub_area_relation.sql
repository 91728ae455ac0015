with relations as (
    select * from {{ ref("bridge_area_hierarchy") }}
    where step_count > 0
),

areas as (
    select * from {{ ref("dim_area") }}
    where area_order is not null and municipality_code is not null
),

-- Both ways: from the whole to its parts and from a part to what it belongs to.
directed as (
    select
        ancestor_area_key as area_key,
        descendant_area_key as related_key,
        2 as relation_order,
        'Teil davon' as relation_name
    from relations
    union all
    select
        descendant_area_key as area_key,
        ancestor_area_key as related_key,
        1 as relation_order,
        'gehört zu' as relation_name
    from relations
),

final as (
    select
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        directed.relation_order,
        directed.relation_name,
        related.area_code as related_code,
        related.area_name as related_name,
        related.area_level_name as related_level_name,
        related.area_order as related_order
    from directed
    inner join areas on directed.area_key = areas.area_key
    inner join areas as related on directed.related_key = related.area_key
)

select * from final
