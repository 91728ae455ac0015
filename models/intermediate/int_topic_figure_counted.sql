with topic_measures as (
    select * from {{ ref("int_topic_measure_listed") }}
),

figures as (
    select vintages.* from {{ ref("int_measure_vintage_selected") }} as vintages
    where
        vintages.known_to_on is null
        and vintages.measure_code in (
            select topic_measures.measure_code from topic_measures
            union
            select topic_measures.base_measure_code from topic_measures
            where topic_measures.base_measure_code is not null
        )
),

final as (
    select
        topic_measures.topic_code,
        parts.area_code,
        topic_measures.measure_code,
        parts.calendar_year,
        parts.period_code,
        topic_measures.parent_measure_code,
        topic_measures.whole_measure_code,
        topic_measures.base_measure_code,
        topic_measures.breakdown,
        topic_measures.breakdown_code,
        topic_measures.part_name,
        topic_measures.step_count,
        parts.release_id,
        parts.source_code,
        parts.licence_code,
        parts.status_code,
        parts.measure_value,
        wholes.measure_value as whole_value,
        bases.measure_value as base_value,
        case
            when 'synthetic' in (parts.provenance_code, bases.provenance_code)
                then 'synthetic'
            when 'estimated' in (parts.provenance_code, bases.provenance_code)
                then 'estimated'
            else parts.provenance_code
        end as provenance_code
    from topic_measures
    inner join figures as parts on topic_measures.measure_code = parts.measure_code
    left join figures as wholes
        on
            topic_measures.whole_measure_code = wholes.measure_code
            and parts.area_code = wholes.area_code
            and parts.calendar_year = wholes.calendar_year
    left join figures as bases
        on
            topic_measures.base_measure_code = bases.measure_code
            and parts.area_code = bases.area_code
            and parts.calendar_year = bases.calendar_year
)

select * from final
