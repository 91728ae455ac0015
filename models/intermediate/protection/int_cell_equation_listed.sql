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

addends as (
    select * from {{ ref("int_measure_addend_listed") }}
    where is_over_years
),

-- Where borders or methods have changed, the years before say nothing: a sum over years
-- is one where it holds.
sums_over_years as (
    select
        addends.rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        addends.factor as coefficient,
        addends.addend_count as part_count
    from cells as wholes
    inner join addends on wholes.counted = addends.measure_code
    inner join cells as parts
        on
            addends.addend_code = parts.counted
            and wholes.area_code = parts.area_code
            and wholes.last_year - addends.years_before = parts.last_year
            and wholes.breakdown = parts.breakdown
            and wholes.year_count = parts.year_count
    where wholes.year_count = 1 and wholes.breakdown = 'all'
    qualify
        abs(
            sum(addends.factor * parts.cell_value)
                over (partition by addends.rule_name, wholes.cell_id)
            - wholes.cell_value
        )
        <= 1e-9 * greatest(1, wholes.cell_value)
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
    union all
    select * from sums_over_years
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
