with measure_values as (
    select * from {{ ref("int_measure_value_composed") }}
),

indicators as (
    select * from {{ ref("catalogue_indicator") }}
),

areas as (
    select * from {{ ref("code_area") }}
),

-- An indicator is expected for every area in every year in which any area has it, so
-- that a missing figure is a row that says why and not a hole.
indicator_years as (
    select distinct
        indicators.indicator_code,
        measure_values.calendar_year
    from indicators
    inner join measure_values
        on indicators.numerator_measure_code = measure_values.measure_code
    where measure_values.measure_value is not null
),

final as (
    select
        areas.area_code,
        areas.is_composed,
        indicators.indicator_code,
        indicators.value_kind,
        indicators.unit_code,
        indicators.numerator_measure_code,
        indicators.denominator_measure_code,
        indicator_years.calendar_year
    from indicator_years
    inner join indicators
        on indicator_years.indicator_code = indicators.indicator_code
    cross join areas
)

select * from final
