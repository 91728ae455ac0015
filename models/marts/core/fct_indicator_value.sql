{{
    config(
        materialized="incremental", unique_key="indicator_code", on_schema_change="fail"
    )
}}

with calculated as (
    select * from {{ ref("int_indicator_value_calculated") }}
),

compared as (
    select * from {{ ref("int_indicator_value_compared") }}
),

comparison_years as (
    select * from {{ ref("int_comparison_year_selected") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
    where {{ is_indicator_of_changed_measure() }}
),

final as (
    select
        areas.area_key,
        cast(calculated.calendar_year as varchar) as time_key,
        calculated.indicator_code,
        calculated.reference_period_code as reference_time_key,
        calculated.source_code,
        calculated.base_source_code,
        calculated.licence_code,
        calculated.provenance_code,
        calculated.status_code as obs_status,
        calculated.missing_reason_code,
        calculated.break_note,
        calculated.conversion_note,
        calculated.numerator,
        calculated.denominator,
        calculated.ratio_factor,
        calculated.indicator_value,
        compared.previous_value,
        compared.change_on_year,
        compared.state_value,
        compared.country_value,
        compared.distance_to_state,
        compared.distance_to_country,
        calculated.is_revised,
        calculated.is_within_series,
        comparison_years.calendar_year is not null as is_comparison_year
    from calculated
    inner join indicators on calculated.indicator_code = indicators.indicator_code
    inner join compared
        on
            calculated.area_code = compared.area_code
            and calculated.indicator_code = compared.indicator_code
            and calculated.calendar_year = compared.calendar_year
    left join comparison_years
        on
            calculated.indicator_code = comparison_years.indicator_code
            and calculated.calendar_year = comparison_years.calendar_year
            and calculated.is_city_part = comparison_years.is_city_part
    inner join areas
        on
            calculated.area_code = areas.area_code
            and areas.is_current
)

select * from final
