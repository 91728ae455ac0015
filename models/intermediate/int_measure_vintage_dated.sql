{{ config(materialized="incremental", unique_key="measure_code") }}

with figures as (
    select * from {{ ref("int_measure_value_delivered") }}
    where {{ is_of_changed_measure("measure_code") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_latest_version
),

-- Of two figures published on one day the one received later holds.
published as (
    select
        figures.*,
        figures.published_on as known_from_on
    from figures
    inner join areas on figures.area_code = areas.area_code
    qualify row_number() over (
        partition by
            figures.area_code,
            figures.measure_code,
            figures.period_code,
            figures.published_on
        order by figures.received_at desc nulls last, figures.release_id desc
    ) = 1
),

-- A figure that is published again unchanged is no new vintage, unless by someone else:
-- sums are made of one publisher's figures.
changed as (
    select *
    from published
    qualify
        lag(status_code) over {{ cell_window() }} is null
        or lag(status_code) over {{ cell_window() }} != status_code
        or lag(measure_value) over {{ cell_window() }} is distinct from measure_value
        or lag(source_code) over {{ cell_window() }} is distinct from source_code
),

final as (
    select
        area_code,
        measure_code,
        period_code,
        calendar_year,
        known_from_on,
        release_id,
        dataset_code,
        source_code,
        licence_code,
        provenance_code,
        status_code,
        break_note,
        measure_value,
        lead(known_from_on) over {{ cell_window() }} as known_to_on
    from changed
)

select * from final
