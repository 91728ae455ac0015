-- Guards that synthetic figures of districts honour what was published for their city:
-- where it has a figure of its own and all parts an invented one, these add up to it.
with vintages as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null and measure_value is not null
),

members as (
    select * from {{ ref("int_area_member_resolved") }}
),

parts as (
    select
        members.area_code,
        vintages.measure_code,
        vintages.period_code,
        sum(vintages.measure_value) as measure_value
    from members
    inner join vintages on members.member_area_code = vintages.area_code
    where vintages.provenance_code = 'synthetic'
    group by members.area_code, vintages.measure_code, vintages.period_code
    having count(*) = max(members.member_count)
)

select
    wholes.area_code,
    wholes.measure_code,
    wholes.period_code,
    wholes.measure_value,
    parts.measure_value as sum_of_parts
from vintages as wholes
inner join parts
    on
        wholes.area_code = parts.area_code
        and wholes.measure_code = parts.measure_code
        and wholes.period_code = parts.period_code
where
    wholes.provenance_code != 'synthetic'
    and abs(wholes.measure_value - parts.measure_value) > 1e-6
