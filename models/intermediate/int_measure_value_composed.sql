with delivered as (
    select * from {{ ref("int_measure_value_delivered") }}
),

measures as (
    select * from {{ ref("catalogue_measure") }}
),

areas as (
    select * from {{ ref("code_area") }}
),

hierarchy as (
    select * from {{ ref("code_area_hierarchy") }}
),

members as (
    select
        hierarchy.parent_area_code as area_code,
        hierarchy.child_area_code as member_area_code,
        count(*) over (partition by hierarchy.parent_area_code) as member_count
    from hierarchy
    inner join areas on hierarchy.parent_area_code = areas.area_code
    where areas.is_composed
),

-- A sum exists only where every part is there and all parts come from one publication:
-- figures of different publishers rest on different definitions and are not added up.
composed as (
    select
        members.area_code,
        delivered.measure_code,
        delivered.period_code,
        delivered.calendar_year,
        min(delivered.dataset_code) as dataset_code,
        min(delivered.source_code) as source_code,
        min(delivered.licence_code) as licence_code,
        max(delivered.break_note) as break_note,
        max(case when delivered.status_code = 'B' then 1 else 0 end) as has_break,
        max(case when delivered.status_code = 'E' then 1 else 0 end) as has_estimate,
        -- Decimals, because a sum of floating-point numbers depends on their order.
        sum(cast(delivered.measure_value as decimal(28, 6))) as measure_value
    from members
    inner join delivered on members.member_area_code = delivered.area_code
    inner join measures on delivered.measure_code = measures.measure_code
    where measures.is_additive
    group by
        members.area_code,
        members.member_count,
        delivered.measure_code,
        delivered.period_code,
        delivered.calendar_year
    having
        count(delivered.measure_value) = members.member_count
        and count(distinct delivered.source_code) = 1
),

final as (
    select
        area_code,
        measure_code,
        period_code,
        dataset_code,
        source_code,
        licence_code,
        provenance_code,
        break_note,
        status_code,
        calendar_year,
        measure_value
    from delivered
    union all
    select
        area_code,
        measure_code,
        period_code,
        dataset_code,
        source_code,
        licence_code,
        'derived' as provenance_code,
        break_note,
        case
            when has_break = 1 then 'B'
            when has_estimate = 1 then 'E'
            else 'A'
        end as status_code,
        calendar_year,
        cast(measure_value as double) as measure_value
    from composed
)

select * from final
