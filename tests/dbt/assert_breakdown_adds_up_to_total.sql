-- Guards that parts by sex, size, industry or kind add up to the total, where none is
-- missing and the total is published.
with parts as (
    select * from {{ ref("fct_measure_breakdown") }}
)

select
    area_key,
    time_key,
    total_measure_code,
    breakdown,
    sum(part_value) as parts_value,
    max(total_value) as total_value
from parts
group by area_key, time_key, total_measure_code, breakdown
having
    count(part_value) = count(*)
    and abs(sum(part_value) - max(total_value)) > 0.5
