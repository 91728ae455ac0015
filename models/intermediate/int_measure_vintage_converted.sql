{{ config(materialized="incremental", unique_key="measure_code") }}

{%- set cell = ["area_code", "measure_code", "period_code"] %}

with vintages as (
    select
        *,
        {{ period_end("period_code") }} as period_end_on
    from {{ ref("int_measure_vintage_dated") }}
    where {{ is_of_changed_measure("measure_code") }}
),

measures as (
    select * from {{ ref("stg_register__measures") }}
    where is_additive
),

paths as (
    select * from {{ ref("int_crosswalk_path_chained") }}
),

part_vintages as (
    select
        paths.area_code,
        vintages.measure_code,
        vintages.period_code,
        vintages.period_end_on,
        vintages.calendar_year,
        vintages.known_from_on,
        vintages.known_to_on,
        vintages.release_id,
        vintages.dataset_code,
        vintages.source_code,
        vintages.licence_code,
        vintages.provenance_code,
        vintages.status_code,
        vintages.break_note,
        vintages.measure_value,
        paths.basis,
        paths.weight
    from vintages
    inner join measures on vintages.measure_code = measures.measure_code
    inner join paths
        on
            vintages.area_code = paths.part_area_code
            and measures.crosswalk_basis = paths.basis
            and vintages.period_end_on >= paths.holds_from_on
            and vintages.period_end_on < paths.holds_to_on
),

spans as (
    {{ change_spans("part_vintages", cell + ["basis", "period_end_on"]) }}
),

-- How many parts the area had at the end of the period, and when it was last reformed.
expected_parts as (
    select
        spans.area_code,
        spans.measure_code,
        spans.period_code,
        spans.known_from_on,
        count(*) as part_count
    from spans
    inner join paths
        on
            spans.area_code = paths.area_code
            and spans.basis = paths.basis
            and spans.period_end_on >= paths.holds_from_on
            and spans.period_end_on < paths.holds_to_on
    group by
        spans.area_code, spans.measure_code, spans.period_code, spans.known_from_on
),

reforms as (
    select
        area_code,
        basis,
        {{ german_date("max(holds_to_on)") }} as reform_date
    from paths
    group by area_code, basis
),

-- A value exists only where every old part has one of the same period and publisher.
converted as (
    select
        spans.area_code,
        spans.measure_code,
        spans.period_code,
        spans.known_from_on,
        spans.known_to_on,
        spans.basis,
        min(parts.calendar_year) as calendar_year,
        max_by(parts.release_id, parts.known_from_on) as release_id,
        min(parts.dataset_code) as dataset_code,
        min(parts.source_code) as source_code,
        min(parts.licence_code) as licence_code,
        {{ combined_provenance("parts.provenance_code") }} as provenance_code,
        min(parts.weight) = 1 as is_exact,
        {{ worst_status("parts.status_code") }} as status_code,
        max(parts.break_note) as break_note,
        cast(sum(
            cast(parts.measure_value as decimal(28, 6))
            * cast(parts.weight as decimal(9, 8))
        ) as double) as measure_value
    from spans
    inner join expected_parts
        on
            spans.area_code = expected_parts.area_code
            and spans.measure_code = expected_parts.measure_code
            and spans.period_code = expected_parts.period_code
            and spans.known_from_on = expected_parts.known_from_on
    inner join part_vintages as parts
        on
            spans.area_code = parts.area_code
            and spans.measure_code = parts.measure_code
            and spans.period_code = parts.period_code
            and {{ is_known_on("parts", "spans.known_from_on") }}
    group by {{ qualified("spans", cell + ["known_from_on", "known_to_on", "basis"]) }}
    having
        count(parts.measure_value) = max(expected_parts.part_count)
        and count(distinct parts.source_code) <= 1
),

final as (
    select
        converted.area_code,
        converted.measure_code,
        converted.period_code,
        converted.known_from_on,
        converted.known_to_on,
        converted.calendar_year,
        converted.release_id,
        converted.dataset_code,
        converted.source_code,
        converted.licence_code,
        converted.break_note,
        converted.measure_value,
        case
            when converted.is_exact or converted.provenance_code = 'synthetic'
                then converted.provenance_code
            else 'estimated'
        end as provenance_code,
        case when converted.is_exact then converted.status_code else 'E' end
            as status_code,
        {{ conversion_note("reforms.reform_date", "converted") }} as conversion_note
    from converted
    inner join reforms
        on
            converted.area_code = reforms.area_code
            and converted.basis = reforms.basis
)

select * from final
