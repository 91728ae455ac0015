with recursive topics as (
    select * from {{ ref("catalogue_topic") }}
),

measures as (
    select
        *,
        -- Names of parts are those of the whole, a colon, and the part.
        regexp_replace(name_de, '^[^:]*: ', '') as part_name
    from {{ ref("stg_register__measures") }}
),

-- The measure of a topic, its parts, and their parts.
topic_measures as (
    select
        topics.topic_code,
        topics.measure_code as whole_measure_code,
        topics.measure_code,
        topics.has_parts,
        cast(null as varchar) as parent_measure_code,
        'total' as breakdown,
        'total' as breakdown_code,
        'insgesamt' as part_name,
        0 as step_count
    from topics
    union all
    select
        wholes.topic_code,
        wholes.whole_measure_code,
        measures.measure_code,
        wholes.has_parts,
        measures.parent_measure_code,
        measures.breakdown,
        measures.breakdown_code,
        measures.part_name,
        wholes.step_count + 1 as step_count
    from topic_measures as wholes
    inner join measures on wholes.measure_code = measures.parent_measure_code
    -- Breakdowns are not deeper; a circle in delivered measures ends here.
    where
        wholes.has_parts
        and measures.is_complete_breakdown
        and wholes.step_count < 3
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where is_listed and value_kind = 'ratio'
),

-- Where indicators share a numerator, the first of the catalogue gives the base.
final as (
    select
        topic_measures.*,
        indicators.denominator_measure_code as base_measure_code
    from topic_measures
    left join indicators
        on topic_measures.measure_code = indicators.numerator_measure_code
    qualify row_number() over (
        partition by topic_measures.topic_code, topic_measures.measure_code
        order by indicators.indicator_order asc, indicators.indicator_code asc
    ) = 1
)

select * from final
