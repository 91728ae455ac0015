{{ config(materialized="incremental", unique_key="measure_code") }}

{%- set cell = ["area_code", "measure_code", "calendar_year"] %}

with vintages as (
    select * from {{ ref("int_measure_vintage_composed") }}
    where {{ is_of_changed_measure("measure_code") }}
),

measures as (
    select * from {{ ref("stg_register__measures") }}
),

-- A year is represented by itself or by a reference date, never by a part of it.
ranked as (
    select
        vintages.*,
        vintages.period_code as candidate,
        case
            when
                length(vintages.period_code) = 4
                and measures.reference like 'year%'
                then 1
            when
                length(vintages.period_code) = 10
                and measures.reference
                = substr(vintages.period_code, 9, 2)
                || '.' || substr(vintages.period_code, 6, 2) || '.'
                then 2
            when length(vintages.period_code) = 10 then 3
            when length(vintages.period_code) = 4 then 4
        end as preference
    from vintages
    inner join measures on vintages.measure_code = measures.measure_code
),

candidates as materialized (
    select * from ranked
    where preference is not null
),

prevailing as (
    {{ prevailing_vintages(
        "candidates", cell, "candidates.preference, candidates.period_code desc"
    ) }}
),

final as (
    select
        area_code,
        measure_code,
        period_code,
        calendar_year,
        known_from_on,
        known_to_on,
        release_id,
        dataset_code,
        source_code,
        licence_code,
        provenance_code,
        status_code,
        break_note,
        conversion_note,
        measure_value
    from prevailing
)

select * from final
