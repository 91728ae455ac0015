-- Guards that the chamber district equals the sum of its parts in every count, and that
-- its ratios are the ratio of the parts' sums, wherever every part has a figure and no
-- other is published for the chamber district itself.
with facts as (
    select * from {{ ref("fct_indicator_value") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

bridge as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

parts as (
    select
        bridge.ancestor_area_key as area_key,
        facts.time_key,
        facts.indicator_code,
        sum(cast(facts.numerator as decimal(28, 6))) as numerator,
        sum(cast(facts.denominator as decimal(28, 6))) as denominator,
        count(facts.numerator) = count(*) as is_complete,
        count(distinct facts.source_code) as source_count,
        count(distinct facts.base_source_code) as base_source_count
    from bridge
    inner join areas on bridge.ancestor_area_key = areas.area_key
    inner join facts on bridge.descendant_area_key = facts.area_key
    where areas.is_composed and bridge.step_count = 1
    group by bridge.ancestor_area_key, facts.time_key, facts.indicator_code
)

select
    facts.area_key,
    facts.time_key,
    facts.indicator_code,
    facts.numerator,
    parts.numerator as expected_numerator,
    facts.denominator,
    parts.denominator as expected_denominator
from facts
inner join parts
    on
        facts.area_key = parts.area_key
        and facts.time_key = parts.time_key
        and facts.indicator_code = parts.indicator_code
where
    parts.is_complete
    and facts.provenance_code != 'published'
    and parts.source_count = 1
    and parts.base_source_count <= 1
    and (
        cast(facts.numerator as decimal(28, 6)) is distinct from parts.numerator
        or cast(facts.denominator as decimal(28, 6)) is distinct from parts.denominator
    )
