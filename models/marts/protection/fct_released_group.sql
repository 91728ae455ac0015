with group_measures as (
    select
        *,
        count(*) over (partition by group_code) as measure_count
    from {{ ref("catalogue_population_group_measure") }}
),

measures as (
    select * from {{ ref("fct_released_measure") }}
),

-- Every area of the city with the smallest areas it consists of.
area_parts as (
    select
        areas.area_key,
        districts.area_key as part_area_key,
        count(*) over (partition by areas.area_key) as part_count
    from {{ ref("dim_area") }} as areas
    inner join {{ ref("bridge_area_hierarchy") }} as hierarchy
        on areas.area_key = hierarchy.ancestor_area_key
    inner join {{ ref("dim_district") }} as districts
        on hierarchy.descendant_area_key = districts.area_key
    where '{{ var("city_code") }}' in (areas.area_code, areas.municipality_code)
),

grouped as (
    select
        measures.audience_code,
        measures.area_key,
        group_measures.group_code,
        measures.time_key,
        max(measures.reference_time_key) as reference_time_key,
        max(measures.source_code) as source_code,
        {{ combined_provenance("measures.provenance_code") }} as provenance_code,
        case
            when count(measures.measure_value) = count(*)
                then sum(measures.measure_value)
        end as group_value
    from measures
    inner join group_measures on measures.measure_code = group_measures.measure_code
    group by all
    having count(*) = max(group_measures.measure_count)
),

-- One year for all areas: the latest in which the smallest have figures.
years as (
    select
        grouped.group_code,
        max(grouped.time_key) as time_key
    from grouped
    inner join area_parts on grouped.area_key = area_parts.part_area_key
    where grouped.group_value is not null
    group by grouped.group_code
),

latest as (
    select grouped.* from grouped
    inner join years
        on
            grouped.group_code = years.group_code
            and grouped.time_key = years.time_key
),

-- The sum of the smallest areas; where one of them is secret, what is released itself.
composed as (
    select
        latest.audience_code,
        area_parts.area_key,
        latest.group_code,
        latest.time_key,
        max(latest.reference_time_key) as reference_time_key,
        max(latest.source_code) as source_code,
        {{ combined_provenance("latest.provenance_code") }} as provenance_code,
        count(latest.group_value) = max(area_parts.part_count) as is_complete,
        count(latest.group_value) < count(*) as has_secret_part,
        sum(latest.group_value) as group_value
    from latest
    inner join area_parts on latest.area_key = area_parts.part_area_key
    group by all
),

final as (
    select
        composed.audience_code,
        composed.area_key,
        composed.group_code,
        composed.time_key,
        composed.reference_time_key,
        composed.source_code,
        composed.provenance_code,
        case when composed.is_complete then composed.group_value else latest.group_value
        end as group_value,
        case
            when composed.is_complete or latest.group_value is not null then 'F'
            else 'C'
        end as conf_status
    from composed
    left join latest
        on
            composed.audience_code = latest.audience_code
            and composed.area_key = latest.area_key
            and composed.group_code = latest.group_code
    where
        composed.is_complete
        or composed.has_secret_part
        or latest.group_value is not null
)

select * from final
