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

children as (
    select
        edges.parent_area_code,
        edges.child_area_code,
        count(*) over (partition by edges.parent_area_code) as child_count
    from {{ ref("stg_register__area_edges") }} as edges
    inner join {{ ref("int_area_listed") }} as parents
        on edges.parent_area_code = parents.area_code
    inner join {{ ref("int_area_listed") }} as parts
        on edges.child_area_code = parts.area_code
    where parents.is_current and parents.is_composed and parts.is_current
),

-- Some figures are counted for areas that are themselves composed, and for nothing
-- below them: what these make up is the sum of its direct parts.
summed as (
    select
        children.parent_area_code as area_code,
        parts.measure_code,
        parts.period_code,
        parts.calendar_year,
        max(parts.release_id) as release_id,
        min(parts.source_code) as source_code,
        min(parts.licence_code) as licence_code,
        {{ combined_provenance("parts.provenance_code") }} as provenance_code,
        {{ worst_status("parts.status_code") }} as status_code,
        cast(sum(cast(parts.measure_value as decimal(28, 6))) as double)
            as measure_value
    from children
    inner join figures as parts on children.child_area_code = parts.area_code
    left join figures as wholes
        on
            children.parent_area_code = wholes.area_code
            and parts.measure_code = wholes.measure_code
            and parts.calendar_year = wholes.calendar_year
    where wholes.area_code is null
    group by
        children.parent_area_code,
        parts.measure_code,
        parts.period_code,
        parts.calendar_year
    having
        count(parts.measure_value) = max(children.child_count)
        and count(distinct parts.source_code) = 1
),

completed as materialized (
    select * from figures
    union all by name
    select * from summed
),

final as (
    select
        topic_measures.topic_code,
        parts.area_code,
        topic_measures.measure_code,
        parts.calendar_year,
        parts.period_code,
        topic_measures.parent_measure_code,
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
    inner join completed as parts on topic_measures.measure_code = parts.measure_code
    left join completed as wholes
        on
            topic_measures.whole_measure_code = wholes.measure_code
            and parts.area_code = wholes.area_code
            and parts.calendar_year = wholes.calendar_year
    left join completed as bases
        on
            topic_measures.base_measure_code = bases.measure_code
            and parts.area_code = bases.area_code
            and parts.calendar_year = bases.calendar_year
)

select * from final
