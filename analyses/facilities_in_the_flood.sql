-- Which facilities lie in the extreme flood, by category, and which ten safe ones that
-- can take people in are nearest to each?
with ways as (
    select * from {{ ref("pub_safe_facility") }}
    where scenario = 'extreme'
),

final as (
    select
        category,
        facility_name,
        area_name,
        capacity,
        needs_help_name,
        edition,
        list({
            'name': safe_facility_name,
            'category': safe_category,
            'capacity': safe_capacity,
            'metres': distance_m
        } order by safe_rank) as nearest_safe_facilities
    from ways
    group by all
)

select * from final
order by needs_help_name, category, facility_name
