{{ config(materialized="incremental", unique_key="indicator_code") }}

{#- Every figure beside its own past and beside the home city's state and country. -#}
with calculated as (
    select * from {{ ref("int_indicator_value_calculated") }}
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

home_references as (
    select
        ancestors.ancestor_area_code as area_code,
        areas.area_level
    from {{ ref("int_area_ancestor_resolved") }} as ancestors
    inner join {{ ref("int_area_listed") }} as areas
        on
            ancestors.ancestor_area_code = areas.area_code
            and areas.is_current
    where ancestors.descendant_area_code = '{{ var("city_code") }}'
),

reference_values as (
    select
        calculated.indicator_code,
        calculated.calendar_year,
        max(case
            when home_references.area_level = 'state' then calculated.indicator_value
        end) as state_value,
        max(case
            when home_references.area_level = 'country' then calculated.indicator_value
        end) as country_value
    from calculated
    inner join indicators on calculated.indicator_code = indicators.indicator_code
    inner join home_references on calculated.area_code = home_references.area_code
    group by calculated.indicator_code, calculated.calendar_year
),

compared as (
    select
        calculated.area_code,
        calculated.indicator_code,
        calculated.calendar_year,
        calculated.indicator_value,
        units.is_relative_change,
        reference_values.state_value,
        reference_values.country_value,
        -- Counts of areas of different size are not compared, only intensities.
        calculated.value_kind != 'count' as is_comparable,
        -- Over a break the difference would show the new definition, not a change.
        case
            when calculated.break_note is null then previous.indicator_value
        end as previous_value
    from calculated
    inner join indicators on calculated.indicator_code = indicators.indicator_code
    inner join units on indicators.unit_code = units.unit_code
    left join calculated as previous
        on
            calculated.area_code = previous.area_code
            and calculated.indicator_code = previous.indicator_code
            and calculated.calendar_year = previous.calendar_year + 1
    left join reference_values
        on
            calculated.indicator_code = reference_values.indicator_code
            and calculated.calendar_year = reference_values.calendar_year
),

final as (
    select
        area_code,
        indicator_code,
        calendar_year,
        previous_value,
        case
            when is_relative_change
                then indicator_value / nullif(previous_value, 0) - 1
            else indicator_value - previous_value
        end as change_on_year,
        case when is_comparable then state_value end as state_value,
        case when is_comparable then country_value end as country_value,
        case
            when is_comparable then indicator_value - state_value
        end as distance_to_state,
        case
            when is_comparable then indicator_value - country_value
        end as distance_to_country
    from compared
)

select * from final
