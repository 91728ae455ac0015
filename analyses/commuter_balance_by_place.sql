-- From where do people come to work, where do they go, and how has the balance towards
-- each place changed?
with flows as (
    select * from {{ ref("fct_commuter_flow") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where area_code = '{{ var("city_code") }}'
),

by_year as (
    select
        flows.place_name,
        flows.time_key as calendar_year,
        coalesce(sum(flows.commuter_count) filter (where flows.direction = 'in'), 0)
            as commuters_in,
        coalesce(sum(flows.commuter_count) filter (where flows.direction = 'out'), 0)
            as commuters_out
    from flows
    inner join areas on flows.area_key = areas.area_key
    group by flows.place_name, flows.time_key
),

final as (
    select
        place_name,
        calendar_year,
        commuters_in,
        commuters_out,
        commuters_in - commuters_out as balance,
        commuters_in - commuters_out
        - lag(commuters_in - commuters_out) over (
            partition by place_name order by calendar_year
        ) as balance_change
    from by_year
)

select * from final
order by calendar_year desc, abs(balance) desc
