{{ config(materialized="incremental", unique_key="indicator_code") }}

with expected as (
    select * from {{ ref("int_indicator_value_expected") }}
),

vintages as (
    select * from {{ ref("int_indicator_vintage_calculated") }}
    where known_to_on is null
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where
        is_listed
        and {{ is_indicator_of_changed_measure() }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

paired as (
    select
        vintages.reference_period_code,
        vintages.source_code,
        vintages.base_source_code,
        vintages.licence_code,
        vintages.provenance_code,
        vintages.numerator_status,
        vintages.numerator_value,
        vintages.numerator,
        vintages.denominator,
        vintages.indicator_value,
        vintages.status_code,
        vintages.break_note,
        vintages.conversion_note,
        vintages.is_revised,
        expected.area_code,
        expected.indicator_code,
        expected.calendar_year,
        expected.value_kind,
        expected.is_composable,
        expected.is_city_part,
        case when expected.value_kind = 'ratio' then units.ratio_factor else 1 end
            as ratio_factor,
        min(case
            when vintages.numerator_value is not null then expected.calendar_year
        end) over (
            partition by expected.area_code, expected.indicator_code
        ) as first_year,
        max(case
            when vintages.numerator_value is not null then expected.calendar_year
        end) over (
            partition by expected.area_code, expected.indicator_code
        ) as last_year
    from expected
    inner join indicators on expected.indicator_code = indicators.indicator_code
    inner join units on expected.unit_code = units.unit_code
    left join vintages
        on
            expected.area_code = vintages.area_code
            and expected.indicator_code = vintages.indicator_code
            and expected.calendar_year = vintages.calendar_year
),

final as (
    select
        area_code,
        indicator_code,
        calendar_year,
        reference_period_code,
        source_code,
        base_source_code,
        licence_code,
        value_kind,
        provenance_code,
        ratio_factor,
        numerator,
        denominator,
        indicator_value,
        is_city_part,
        coalesce(status_code, 'O') as status_code,
        coalesce(is_revised, false) as is_revised,
        coalesce(calendar_year between first_year and last_year, false)
            as is_within_series,
        case
            when indicator_value is not null then null
            when numerator_status = 'M' then 'cannot_exist'
            when numerator_status = 'Q' then 'kept_secret'
            when numerator_status = 'L' then 'not_yet_published'
            when numerator_value is not null then 'base_missing'
            when is_composable then 'not_composable'
            when first_year is null then 'not_published_for_area'
            else 'not_published_for_period'
        end as missing_reason_code,
        case when indicator_value is not null then break_note end as break_note,
        case when indicator_value is not null then conversion_note end
            as conversion_note
    from paired
)

select * from final
