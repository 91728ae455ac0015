{{ config(materialized="incremental", unique_key="indicator_code") }}

with vintages as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where
        is_listed
        and {{ is_indicator_of_changed_measure() }}
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

members as (
    select * from {{ ref("int_area_member_resolved") }}
),

levels as (
    select * from {{ ref("code_area_level") }}
),

-- Shown areas, what they are summed from, and what the city is compared with.
needed as (
    select area_code from displayed
    union distinct
    select members.member_area_code as area_code
    from displayed
    inner join members on displayed.area_code = members.area_code
    union distinct
    select ancestor_area_code as area_code
    from ancestors
    where descendant_area_code = '{{ var("city_code") }}'
),

-- Also what was delivered and does not count: a gap has to say so. The period of a row
-- in quarantine may be what is wrong with it.
offered as (
    select
        measure_code,
        area_code,
        calendar_year
    from vintages
    where measure_value is not null
    union distinct
    select
        measure_code,
        area_code,
        cast(substr(period_code, 1, 4) as integer) as calendar_year
    from {{ ref("stg_delivery__void_figures") }}
    union distinct
    select
        measure_code,
        area_code,
        cast(null as integer) as calendar_year
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

composable as (
    select distinct
        indicators.indicator_code,
        members.area_code
    from offered
    inner join indicators on offered.measure_code = indicators.numerator_measure_code
    inner join members on offered.area_code = members.member_area_code
),

city_parts as (
    select areas.area_code
    from areas
    inner join levels on areas.area_level = levels.area_level
    inner join levels as municipalities
        on
            municipalities.area_level = 'municipality'
            and levels.level_rank < municipalities.level_rank
),

spans as (
    select
        indicators.indicator_code,
        city_parts.area_code is not null as is_city_part,
        min(offered.calendar_year) as first_year,
        max(offered.calendar_year) as last_year
    from indicators
    inner join offered
        on indicators.numerator_measure_code = offered.measure_code
    inner join needed on offered.area_code = needed.area_code
    left join city_parts on offered.area_code = city_parts.area_code
    group by indicators.indicator_code, city_parts.area_code is not null
),

years as (
    select
        indicator_code,
        is_city_part,
        unnest(range(first_year, last_year + 1)) as calendar_year
    from spans
),

-- An indicator is expected for every shown area in every year between its first and
-- its last figure, within cities and around them, so that a missing figure is a row
-- that says why and not a hole.
-- Nobody publishes official figures for the parts of a city, nor a city's own figures
-- for others: there an indicator is expected only at levels at which it is known.
final as (
    select
        areas.area_code,
        indicators.indicator_code,
        indicators.value_kind,
        indicators.unit_code,
        cast(years.calendar_year as integer) as calendar_year,
        years.is_city_part,
        composable.area_code is not null as is_composable
    from years
    inner join indicators on years.indicator_code = indicators.indicator_code
    cross join needed
    inner join areas on needed.area_code = areas.area_code
    left join city_parts on areas.area_code = city_parts.area_code
    left join offered_levels
        on
            indicators.indicator_code = offered_levels.indicator_code
            and areas.area_level = offered_levels.area_level
    left join composable
        on
            indicators.indicator_code = composable.indicator_code
            and areas.area_code = composable.area_code
    where
        years.is_city_part = (city_parts.area_code is not null)
        and (
            offered_levels.area_level is not null
            or (
                city_parts.area_code is null
                and indicators.protection_rule = 'official'
            )
        )
)

select * from final
