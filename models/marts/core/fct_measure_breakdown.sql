{{
    config(
        materialized="incremental", unique_key="measure_code", on_schema_change="fail"
    )
}}

with measure_values as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null
),

measures as (
    select * from {{ ref("stg_register__measures") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

final as (
    select
        areas.area_key,
        cast(parts.calendar_year as varchar) as time_key,
        parts.measure_code,
        measures.parent_measure_code as total_measure_code,
        measures.breakdown,
        measures.breakdown_code,
        parts.period_code as reference_time_key,
        parts.source_code,
        parts.licence_code,
        parts.provenance_code,
        parts.status_code as obs_status,
        parts.measure_value as part_value,
        case
            when parts.measure_value is not null then totals.measure_value
        end as total_value
    from measure_values as parts
    inner join measures on parts.measure_code = measures.measure_code
    inner join areas
        on
            parts.area_code = areas.area_code
            and areas.is_current
    left join measure_values as totals
        on
            measures.parent_measure_code = totals.measure_code
            and parts.area_code = totals.area_code
            and parts.period_code = totals.period_code
    where
        measures.parent_measure_code is not null
        and measures.is_complete_breakdown
        and (
            {{ is_of_changed_measure("measures.measure_code") }}
            or {{ is_of_changed_measure("measures.parent_measure_code") }}
        )
)

select * from final
