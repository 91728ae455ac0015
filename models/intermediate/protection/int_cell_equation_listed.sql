with cells as (
    select
        *,
        cast(right(period, 4) as integer) as last_year,
        case
            when length(period) = 4 then 1 else {{ var("pooled_years") }}
        end as year_count
    from {{ ref("int_cell_listed") }}
),

parts as (
    select * from {{ ref("int_cell_sum_listed") }}
),

-- stock = stock before + births + moves in - deaths - moves out
flows as (
    select * from cells
    where
        breakdown = 'all'
        and counted in ('stock', 'birth', 'move_in', 'death', 'move_out')
),

stocks as (
    select * from flows
    where counted = 'stock'
),

balances as (
    {% for years in [1, var("pooled_years")] -%}
        select
            'Bestand nach {{ years }} Jahren' as rule_name,
            stocks.cell_id as whole_id,
            flows.cell_id,
            case
                when flows.counted in ('birth', 'move_in', 'stock') then 1 else -1
            end as coefficient,
            5 as part_count
        from stocks
        inner join flows
            on
                stocks.area_code = flows.area_code
                and (
                    (
                        flows.counted = 'stock'
                        and stocks.last_year - {{ years }} = flows.last_year
                    )
                    or (
                        flows.counted != 'stock'
                        and stocks.last_year = flows.last_year
                        and flows.year_count = {{ years }}
                    )
                )
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

terms as (
    select * from parts
    union all
    select * from balances
),

complete as (
    select
        whole_id,
        cell_id,
        coefficient,
        rule_name || ' von ' || whole_id as equation_id
    from terms
    qualify
        part_count is null
        or count(*) over (partition by rule_name, whole_id) = part_count
),

final as (
    select
        equation_id,
        cell_id,
        coefficient
    from complete
    union all
    select distinct
        equation_id,
        whole_id as cell_id,
        -1 as coefficient
    from complete
)

select * from final
