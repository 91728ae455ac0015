with vintages as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where is_listed
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

displayed as (
    select * from {{ ref("int_area_displayed") }}
),

ancestors as (
    select * from {{ ref("int_area_ancestor_resolved") }}
),

-- Shown areas, what they are summed from, and what the city is compared with.
needed as (
    select area_code from displayed
    union distinct
    select ancestors.descendant_area_code as area_code
    from displayed
    inner join areas on displayed.area_code = areas.area_code
    inner join ancestors on areas.area_code = ancestors.ancestor_area_code
    where areas.is_composed and ancestors.step_count = 1
    union distinct
    select ancestor_area_code as area_code
    from ancestors
    where descendant_area_code = '{{ var("city_code") }}'
),

years as (
    select distinct calendar_year from vintages
),

-- Also what was delivered and does not count: a gap has to say so.
offered as (
    select
        measure_code,
        area_code
    from vintages
    where measure_value is not null
    union distinct
    select
        measure_code,
        area_code
    from {{ ref("stg_delivery__void_figures") }}
    union distinct
    select
        measure_code,
        area_code
    from {{ ref("stg_delivery__quarantined_rows") }}
),

offered_levels as (
    select distinct
        indicators.indicator_code,
        areas.area_level
    from offered
    inner join indicators on offered.measure_code = indicators.numerator_measure_code
    inner join needed on offered.area_code = needed.area_code
    inner join areas on offered.area_code = areas.area_code
),

city_parts as (
    select descendant_area_code as area_code
    from ancestors
    where ancestor_area_code = '{{ var("city_code") }}' and step_count > 0
),

spans as (
    select
        indicators.indicator_code,
        min(vintages.calendar_year) as first_year,
        max(vintages.calendar_year) as last_year
    from indicators
    inner join vintages
        on indicators.numerator_measure_code = vintages.measure_code
    inner join needed on vintages.area_code = needed.area_code
    where vintages.measure_value is not null
    group by indicators.indicator_code
),

-- An indicator is expected for every shown area in every year between its first and its
-- last figure, so that a missing figure is a row that says why and not a hole. Nobody
-- publishes official figures for the parts of a city: there an indicator is expected only
-- at levels at which it is known at all.
final as (
    select
        areas.area_code,
        areas.is_composed,
        indicators.indicator_code,
        indicators.value_kind,
        indicators.unit_code,
        years.calendar_year
    from spans
    inner join years
        on years.calendar_year between spans.first_year and spans.last_year
    inner join indicators on spans.indicator_code = indicators.indicator_code
    cross join needed
    inner join areas on needed.area_code = areas.area_code
    left join city_parts on areas.area_code = city_parts.area_code
    left join offered_levels
        on
            indicators.indicator_code = offered_levels.indicator_code
            and areas.area_level = offered_levels.area_level
    where city_parts.area_code is null or offered_levels.area_level is not null
)

select * from final
