with measure_values as (
    select * from {{ ref("int_measure_value_composed") }}
),

indicators as (
    select * from {{ ref("catalogue_indicator") }}
),

areas as (
    select * from {{ ref("code_area") }}
),

years as (
    select distinct calendar_year from measure_values
),

spans as (
    select
        indicators.indicator_code,
        min(measure_values.calendar_year) as first_year,
        max(measure_values.calendar_year) as last_year
    from indicators
    inner join measure_values
        on indicators.numerator_measure_code = measure_values.measure_code
    where measure_values.measure_value is not null
    group by indicators.indicator_code
),

-- An indicator is expected for every area in every year between its first and its last
-- figure, so that a missing figure is a row that says why and not a hole.
final as (
    select
        areas.area_code,
        areas.is_composed,
        indicators.indicator_code,
        indicators.value_kind,
        indicators.unit_code,
        indicators.numerator_measure_code,
        indicators.denominator_measure_code,
        years.calendar_year
    from spans
    inner join years
        on years.calendar_year between spans.first_year and spans.last_year
    inner join indicators on spans.indicator_code = indicators.indicator_code
    cross join areas
)

select * from final
