with figures as (
    select * from {{ ref("int_topic_figure_counted") }}
    where topic_code = 'overindebtedness'
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

final as (
    select
        areas.area_key,
        cast(figures.calendar_year as varchar) as time_key,
        figures.measure_code,
        figures.period_code as reference_time_key,
        figures.breakdown,
        figures.breakdown_code,
        figures.part_name,
        figures.release_id,
        figures.source_code,
        figures.licence_code,
        figures.provenance_code,
        figures.status_code as obs_status,
        figures.measure_value as person_count,
        figures.base_value as adult_count,
        figures.measure_value / nullif(figures.base_value, 0) as overindebtedness_rate,
        figures.measure_value / nullif(figures.whole_value, 0) as person_share
    from figures
    inner join areas on figures.area_code = areas.area_code
)

select * from final
