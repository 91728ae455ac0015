-- Guards that parts by sex, size, industry or kind add up to the total, where all of
-- them are there and were published on the same day as the total: a correction of the
-- total alone, or a part alone, is no contradiction.
with latest as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null
),

measures as (
    select
        *,
        count(*) over (partition by parent_measure_code, breakdown) as part_count
    from {{ ref("stg_register__measures") }}
    where parent_measure_code is not null and is_complete_breakdown
)

select
    parts.area_code,
    parts.period_code,
    measures.parent_measure_code,
    measures.breakdown,
    sum(parts.measure_value) as parts_value,
    max(totals.measure_value) as total_value
from latest as parts
inner join measures on parts.measure_code = measures.measure_code
inner join latest as totals
    on
        measures.parent_measure_code = totals.measure_code
        and parts.area_code = totals.area_code
        and parts.period_code = totals.period_code
        and parts.known_from_on = totals.known_from_on
group by
    parts.area_code,
    parts.period_code,
    measures.parent_measure_code,
    measures.breakdown
having
    count(parts.measure_value) = max(measures.part_count)
    and abs(sum(parts.measure_value) - max(totals.measure_value)) > 0.5
