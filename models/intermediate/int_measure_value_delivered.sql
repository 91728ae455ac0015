{{ config(materialized="incremental", unique_key="measure_code") }}

with official_figures as (
    select * from {{ ref("stg_official__figures") }}
),

delivered_figures as (
    select * from {{ ref("stg_delivery__figures") }}
),

company_figures as (
    select * from {{ ref("int_company_figure_counted") }}
),

figures as (
    -- The product's own figures were there before any delivery was received.
    select
        *,
        cast(null as timestamp) as received_at
    from official_figures
    union all by name
    select * from delivered_figures
    union all by name
    select * from company_figures
),

measures as (
    select * from {{ ref("stg_register__measures") }}
    where {{ is_of_changed_measure("measure_code") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

breaks as (
    select * from {{ ref("code_series_break") }}
),

final as (
    select
        figures.area_code,
        figures.measure_code,
        figures.period_code,
        figures.release_id,
        figures.published_on,
        figures.received_at,
        figures.dataset_code,
        figures.source_code,
        figures.licence_code,
        figures.provenance_code,
        breaks.note_de as break_note,
        cast(substr(figures.period_code, 1, 4) as integer) as calendar_year,
        case
            when breaks.measure_code is not null and figures.status_code = 'A'
                then 'B'
            else figures.status_code
        end as status_code,
        figures.published_value * units.base_factor as measure_value
    from figures
    inner join measures on figures.measure_code = measures.measure_code
    inner join units on measures.unit_code = units.unit_code
    left join breaks
        on
            figures.measure_code = breaks.measure_code
            and figures.period_code = breaks.break_period
            and coalesce(breaks.area_code, figures.area_code) = figures.area_code
)

select * from final
