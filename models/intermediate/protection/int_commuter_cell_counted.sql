with flows as (
    select * from {{ ref("stg_delivery__commuter_flows") }}
),

counts as (
    select
        area_code,
        calendar_year,
        direction,
        place_code,
        commuter_count,
        provenance_code
    from flows
    union all
    select
        area_code,
        calendar_year,
        direction,
        'all' as place_code,
        sum(commuter_count) as commuter_count,
        'published' as provenance_code
    from flows
    group by area_code, calendar_year, direction
),

cells as (
    select
        area_code,
        direction,
        place_code as class_code,
        cast(calendar_year as varchar) as period,
        cast(commuter_count as double) as cell_value,
        'commuters_' || direction || '_flow' as counted,
        case when place_code = 'all' then 'all' else 'place' end as breakdown,
        -- Totals are published by official statistics, whoever counted the relations.
        case
            when provenance_code = 'synthetic' then 'person'
            else 'official'
        end as table_code
    from counts
),

final as (
    select
        *,
        {{ cell_id("counted", "area_code", "period", "breakdown", "class_code") }}
            as cell_id
    from cells
)

select * from final
