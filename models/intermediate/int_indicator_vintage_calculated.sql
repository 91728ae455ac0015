{{ config(materialized="incremental", unique_key="indicator_code") }}

{%- set cell = ["area_code", "indicator_code", "calendar_year"] %}

with vintages as (
    select * from {{ ref("int_measure_vintage_selected") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

indicators as (
    select
        indicators.indicator_code,
        indicators.value_kind,
        indicators.numerator_measure_code,
        indicators.denominator_measure_code,
        units.ratio_factor
    from {{ ref("stg_register__indicators") }} as indicators
    inner join units on indicators.unit_code = units.unit_code
    where
        indicators.is_listed
        and {{ is_indicator_of_changed_measure() }}
),

numerators as (
    select
        vintages.*,
        indicators.indicator_code
    from indicators
    inner join vintages on indicators.numerator_measure_code = vintages.measure_code
),

denominators as (
    select
        vintages.*,
        indicators.indicator_code
    from indicators
    inner join vintages on indicators.denominator_measure_code = vintages.measure_code
),

part_vintages as (
    select
        area_code,
        indicator_code,
        calendar_year,
        known_from_on,
        known_to_on
    from numerators
    union all
    select
        area_code,
        indicator_code,
        calendar_year,
        known_from_on,
        known_to_on
    from denominators
),

spans as (
    {{ change_spans("part_vintages", cell) }}
),

-- What was known of numerator and denominator on one day.
paired as (
    select
        spans.area_code,
        spans.indicator_code,
        spans.calendar_year,
        spans.known_from_on,
        spans.known_to_on,
        indicators.value_kind,
        indicators.ratio_factor,
        numerators.release_id,
        denominators.release_id as base_release_id,
        numerators.period_code as reference_period_code,
        numerators.source_code,
        denominators.source_code as base_source_code,
        numerators.licence_code,
        numerators.status_code as numerator_status,
        denominators.status_code as base_status,
        numerators.provenance_code as numerator_provenance,
        denominators.provenance_code as base_provenance,
        numerators.measure_value as numerator_value,
        denominators.measure_value as base_value,
        coalesce(numerators.break_note, denominators.break_note) as break_note,
        coalesce(numerators.conversion_note, denominators.conversion_note)
            as conversion_note,
        -- The publication that began the vintage.
        case
            when
                denominators.known_from_on = spans.known_from_on
                and numerators.known_from_on < spans.known_from_on
                then denominators.release_id
            else numerators.release_id
        end as changing_release_id
    from spans
    inner join indicators on spans.indicator_code = indicators.indicator_code
    left join numerators
        on
            spans.area_code = numerators.area_code
            and spans.indicator_code = numerators.indicator_code
            and spans.calendar_year = numerators.calendar_year
            and {{ is_known_on("numerators", "spans.known_from_on") }}
    left join denominators
        on
            spans.area_code = denominators.area_code
            and spans.indicator_code = denominators.indicator_code
            and spans.calendar_year = denominators.calendar_year
            and {{ is_known_on("denominators", "spans.known_from_on") }}
    -- A figure may end: a sum, for one, does when a part is withdrawn.
    where coalesce(numerators.area_code, denominators.area_code) is not null
),

calculated as (
    select
        *,
        case
            when value_kind = 'ratio'
                then numerator_value * ratio_factor / nullif(base_value, 0)
            else numerator_value
        end as indicator_value
    from paired
),

final as (
    select
        * exclude (numerator_provenance, base_provenance, base_status, base_value),
        case
            when indicator_value is null and numerator_status in ('L', 'M', 'Q')
                then numerator_status
            when indicator_value is null then 'O'
            {% for status in ["B", "D", "E", "U", "F", "P"] -%}
                when '{{ status }}' in (numerator_status, base_status)
                    then '{{ status }}'
            {% endfor -%}
            else 'A'
        end as status_code,
        case
            when indicator_value is null then null
            when value_kind != 'ratio' then numerator_provenance
            when 'synthetic' in (numerator_provenance, base_provenance) then 'synthetic'
            when 'estimated' in (numerator_provenance, base_provenance) then 'estimated'
            else 'derived'
        end as provenance_code,
        case
            when indicator_value is not null and value_kind != 'published'
                then numerator_value
        end as numerator,
        case
            when indicator_value is not null and value_kind = 'ratio' then base_value
        end as denominator,
        {{ is_revised("indicator_value", cell) }} as is_revised
    from calculated
)

select * from final
