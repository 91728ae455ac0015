{{ config(materialized="incremental", unique_key="measure_code") }}

{%- set cell = ["area_code", "measure_code", "period_code"] %}

with known as (
    select * from {{ ref("int_measure_vintage_united") }}
    where {{ is_of_changed_measure("measure_code") }}
),

measures as (
    select * from {{ ref("stg_register__measures") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

members as (
    select * from {{ ref("int_area_member_resolved") }}
),

part_vintages as (
    select
        members.area_code,
        members.member_count,
        known.measure_code,
        known.period_code,
        known.calendar_year,
        known.known_from_on,
        known.known_to_on,
        known.release_id,
        known.dataset_code,
        known.source_code,
        known.licence_code,
        known.provenance_code,
        known.status_code,
        known.break_note,
        known.conversion_note,
        known.measure_value
    from members
    inner join known on members.member_area_code = known.area_code
    inner join measures on known.measure_code = measures.measure_code
    where measures.is_additive
),

spans as (
    {{ change_spans("part_vintages", cell) }}
),

-- A sum exists only where every part is there and all parts come from one publication:
-- figures of different publishers rest on different definitions and are not added up.
composed as (
    select
        spans.area_code,
        spans.measure_code,
        spans.period_code,
        spans.known_from_on,
        spans.known_to_on,
        min(parts.calendar_year) as calendar_year,
        max_by(parts.release_id, parts.known_from_on) as release_id,
        min(parts.dataset_code) as dataset_code,
        min(parts.source_code) as source_code,
        min(parts.licence_code) as licence_code,
        {{ combined_provenance("parts.provenance_code") }} as provenance_code,
        {{ worst_status("parts.status_code") }} as status_code,
        max(parts.break_note) as break_note,
        max(parts.conversion_note) as conversion_note,
        -- Decimals, because a sum of floating-point numbers depends on their order.
        cast(sum(cast(parts.measure_value as decimal(28, 6))) as double)
            as measure_value
    from spans
    inner join part_vintages as parts
        on
            spans.area_code = parts.area_code
            and spans.measure_code = parts.measure_code
            and spans.period_code = parts.period_code
            and {{ is_known_on("parts", "spans.known_from_on") }}
    group by {{ qualified("spans", cell + ["known_from_on", "known_to_on"]) }}
    having
        count(parts.measure_value) = max(parts.member_count)
        and min(parts.source_code) = max(parts.source_code)
),

real_series as (
    select distinct
        area_code,
        measure_code
    from known
    where provenance_code != 'synthetic'
),

-- What is published for a composed area itself goes before what is added up, and no
-- series is continued with invented figures.
candidates as materialized (
    select
        known.*,
        'known' as candidate
    from known
    inner join areas on known.area_code = areas.area_code
    where areas.is_composed
    union all by name
    select
        composed.*,
        'composed' as candidate
    from composed
    left join real_series
        on
            composed.area_code = real_series.area_code
            and composed.measure_code = real_series.measure_code
    where real_series.area_code is null or composed.provenance_code != 'synthetic'
),

prevailing as (
    {{ prevailing_vintages("candidates", cell, "candidates.candidate = 'known' desc") }}
),

united as (
    select known.*
    from known
    left join areas
        on
            known.area_code = areas.area_code
            and areas.is_composed
    where areas.area_code is null
    union all by name
    select * from prevailing
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
    from united
)

select * from final
