{{ config(materialized="incremental", unique_key="measure_code") }}

{%- set cell = ["area_code", "measure_code", "period_code"] %}

with dated as (
    select * from {{ ref("int_measure_vintage_dated") }}
    where {{ is_of_changed_measure("measure_code") }}
),

converted as (
    select * from {{ ref("int_measure_vintage_converted") }}
    where {{ is_of_changed_measure("measure_code") }}
),

outdated_periods as (
    select * from {{ ref("int_area_period_outdated") }}
),

-- Figures of a present code in former borders are not its own.
own as (
    select dated.*
    from dated
    left join outdated_periods
        on
            dated.area_code = outdated_periods.area_code
            and dated.period_code = outdated_periods.period_code
    where outdated_periods.area_code is null
),

candidates as materialized (
    select
        {{ cell | join(",\n        ") }},
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
        measure_value,
        cast(null as varchar) as conversion_note,
        'own' as candidate
    from own
    union all by name
    select
        {{ cell | join(",\n        ") }},
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
        measure_value,
        conversion_note,
        'converted' as candidate
    from converted
),

-- What is published in the present borders goes before what is converted.
final as (
    {{ prevailing_vintages("candidates", cell, "candidates.candidate = 'own' desc") }}
)

select * from final
