-- Which parts of the city win companies from others, and which lose them to others?
with moves as (
    select * from {{ ref("fct_company_event") }}
    where event_kind = 'move'
),

areas as (
    select * from {{ ref("dim_area") }}
),

stocks as (
    select * from {{ ref("fct_business_dynamics") }}
    where industry_code = 'total' and class_kind = 'all'
),

-- Every move leaves one area and enters another.
ends as (
    select
        from_area_key as area_key,
        -1 as balance
    from moves
    union all
    select
        to_area_key as area_key,
        1 as balance
    from moves
),

balances as (
    select
        area_key,
        count(*) filter (where balance = 1) as move_in_count,
        count(*) filter (where balance = -1) as move_out_count,
        sum(balance) as move_balance
    from ends
    group by area_key
),

mean_stocks as (
    select
        area_key,
        avg(company_count) as mean_company_count
    from stocks
    group by area_key
),

final as (
    select
        areas.area_name,
        balances.move_in_count,
        balances.move_out_count,
        balances.move_balance,
        balances.move_balance / mean_stocks.mean_company_count
            as balance_by_mean_stock
    from balances
    inner join areas on balances.area_key = areas.area_key
    inner join mean_stocks on balances.area_key = mean_stocks.area_key
)

select * from final
order by move_balance desc, area_name asc
