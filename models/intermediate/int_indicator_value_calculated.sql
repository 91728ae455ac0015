with expected as (
    select * from {{ ref("int_indicator_value_expected") }}
),

measure_values as (
    select * from {{ ref("int_measure_value_composed") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

paired as (
    select
        expected.area_code,
        expected.indicator_code,
        expected.calendar_year,
        expected.value_kind,
        expected.is_composed,
        units.ratio_factor,
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
        min(case
            when numerators.measure_value is not null then expected.calendar_year
        end) over (
            partition by expected.area_code, expected.indicator_code
        ) as first_year,
        max(case
            when numerators.measure_value is not null then expected.calendar_year
        end) over (
            partition by expected.area_code, expected.indicator_code
        ) as last_year
    from expected
    inner join units on expected.unit_code = units.unit_code
    left join measure_values as numerators
        on
            expected.area_code = numerators.area_code
            and expected.numerator_measure_code = numerators.measure_code
            and expected.calendar_year = numerators.calendar_year
    left join measure_values as denominators
        on
            expected.area_code = denominators.area_code
            and expected.denominator_measure_code = denominators.measure_code
            and expected.calendar_year = denominators.calendar_year
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
        area_code,
        indicator_code,
        calendar_year,
        reference_period_code,
        source_code,
        base_source_code,
        licence_code,
        value_kind,
        indicator_value,
        coalesce(calendar_year between first_year and last_year, false)
            as is_within_series,
        case
            when indicator_value is null and numerator_status = 'M' then 'M'
            when indicator_value is null then 'O'
            when 'B' in (numerator_status, base_status) then 'B'
            when 'D' in (numerator_status, base_status) then 'D'
            when 'E' in (numerator_status, base_status) then 'E'
            when 'P' in (numerator_status, base_status) then 'P'
            else 'A'
        end as status_code,
        case
            when indicator_value is null then null
            when value_kind = 'ratio' then 'derived'
            else numerator_provenance
        end as provenance_code,
        case
            when indicator_value is not null then null
            when numerator_status = 'M' then 'cannot_exist'
            when numerator_value is not null then 'base_missing'
            when is_composed then 'not_composable'
            when first_year is null then 'not_published_for_area'
            else 'not_published_for_period'
        end as missing_reason_code,
        case when indicator_value is not null then break_note end as break_note,
        case when value_kind = 'ratio' then ratio_factor else 1 end as ratio_factor,
        case
            when indicator_value is not null and value_kind != 'published'
                then numerator_value
        end as numerator,
        case
            when indicator_value is not null and value_kind = 'ratio' then base_value
        end as denominator
    from calculated
)

select * from final
