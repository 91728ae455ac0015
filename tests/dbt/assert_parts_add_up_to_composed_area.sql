-- Guards that a composed area has the sum of its smallest parts in every additive
-- measure and period where all of them have a figure, all from one publication. What is
-- published for the area itself goes before it, and so does the end of such a series.
with figures as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null and measure_value is not null
),

measures as (
    select * from {{ ref("stg_register__measures") }}
    where is_additive
),

members as (
    select * from {{ ref("int_area_member_resolved") }}
),

published_series as (
    select distinct
        area_code,
        measure_code
    from figures
    where provenance_code = 'published'
),

parts as (
    select
        members.area_code,
        figures.measure_code,
        figures.period_code,
        sum(cast(figures.measure_value as decimal(28, 6))) as sum_of_parts
    from members
    inner join figures on members.member_area_code = figures.area_code
    inner join measures on figures.measure_code = measures.measure_code
    group by members.area_code, figures.measure_code, figures.period_code
    having
        count(*) = max(members.member_count)
        and count(distinct figures.source_code) = 1
)

select
    parts.area_code,
    parts.measure_code,
    parts.period_code,
    parts.sum_of_parts,
    wholes.measure_value
from parts
left join figures as wholes
    on
        parts.area_code = wholes.area_code
        and parts.measure_code = wholes.measure_code
        and parts.period_code = wholes.period_code
left join published_series
    on
        parts.area_code = published_series.area_code
        and parts.measure_code = published_series.measure_code
where
    published_series.area_code is null
    and cast(wholes.measure_value as decimal(28, 6))
    is distinct from parts.sum_of_parts
