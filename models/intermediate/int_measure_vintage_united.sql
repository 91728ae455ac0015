with dated as (
    select * from {{ ref("int_measure_vintage_dated") }}
),

converted as (
    select * from {{ ref("int_measure_vintage_converted") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

crosswalks as (
    select * from {{ ref("stg_delivery__area_crosswalks") }}
    where is_listed
),

-- Figures of a present code in former borders: from before the code went into a reform.
former as (
    select distinct
        dated.area_code,
        dated.period_code
    from dated
    inner join areas on dated.area_code = areas.area_code
    inner join crosswalks
        on
            dated.area_code = crosswalks.old_area_code
            and {{ period_end("dated.period_code") }} < crosswalks.reform_on
),

own as (
    select dated.*
    from dated
    left join former
        on
            dated.area_code = former.area_code
            and dated.period_code = former.period_code
    where former.area_code is null
),

own_cells as (
    select distinct
        area_code,
        measure_code,
        period_code
    from own
),

-- What is published in the present borders needs no conversion.
needed as (
    select converted.*
    from converted
    left join own_cells
        on
            converted.area_code = own_cells.area_code
            and converted.measure_code = own_cells.measure_code
            and converted.period_code = own_cells.period_code
    where own_cells.area_code is null
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
        measure_value,
        cast(null as varchar) as conversion_note
    from own
    union all by name
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
        measure_value,
        conversion_note
    from needed
)

select * from final
