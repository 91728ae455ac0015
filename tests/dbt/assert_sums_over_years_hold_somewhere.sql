-- Guards that a sum over several years is true anywhere: where borders or methods have
-- changed it need not be, but one that never is has a slip of the pen.
with cells as (
    select
        *,
        cast(period as integer) as calendar_year
    from {{ ref("int_cell_listed") }}
    where breakdown = 'all' and length(period) = 4
),

addends as (
    select * from {{ ref("int_measure_addend_listed") }}
    where is_over_years
),

equations as (
    select distinct split_part(equation_id, '|', 1) as rule_and_measure
    from {{ ref("int_cell_equation_listed") }}
),

comparable as (
    select
        addends.measure_code,
        addends.rule_name
    from cells as wholes
    inner join addends on wholes.counted = addends.measure_code
    inner join cells as parts
        on
            addends.addend_code = parts.counted
            and wholes.area_code = parts.area_code
            and wholes.calendar_year - addends.years_before = parts.calendar_year
    where wholes.table_code != 'unpublished'
    group by
        addends.measure_code,
        addends.rule_name,
        addends.addend_count,
        wholes.cell_id
    having count(*) = addends.addend_count
)

select distinct comparable.*
from comparable
left join equations
    on
        comparable.rule_name || ' von ' || comparable.measure_code
        = equations.rule_and_measure
where equations.rule_and_measure is null
