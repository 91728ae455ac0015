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

area_provenances as (
    select
        area_code,
        min(provenance_code) as provenance_code
    from calculated
    group by area_code
),

-- A gap is as free as the figures around it: of a series that is not published not even
-- its gaps are shown, and nothing of an area of which nothing is.
guarded as (
    select
        calculated.*,
        {{ released_conf_status(
            "indicators.protection_rule",
            "coalesce("
            ~ "calculated.provenance_code, "
            ~ "min(calculated.provenance_code) over ("
            ~ "partition by calculated.area_code, calculated.indicator_code), "
            ~ "area_provenances.provenance_code)",
        ) }} as conf_status
    from calculated
    inner join indicators on calculated.indicator_code = indicators.indicator_code
    inner join area_provenances on calculated.area_code = area_provenances.area_code
),

final as (
    select
        areas.area_key,
        cast(guarded.calendar_year as varchar) as time_key,
        guarded.indicator_code,
        guarded.reference_period_code as reference_time_key,
        guarded.source_code,
        guarded.base_source_code,
        guarded.licence_code,
        guarded.provenance_code,
        guarded.status_code as obs_status,
        guarded.conf_status,
        guarded.missing_reason_code,
        guarded.break_note,
        guarded.conversion_note,
        guarded.numerator,
        guarded.denominator,
        guarded.ratio_factor,
        guarded.indicator_value,
        compared.previous_value,
        compared.change_on_year,
        compared.state_value,
        compared.country_value,
        compared.distance_to_state,
        compared.distance_to_country,
        guarded.is_revised,
        guarded.is_within_series,
        comparison_years.calendar_year is not null as is_comparison_year
    from guarded
    inner join compared
        on
            guarded.area_code = compared.area_code
            and guarded.indicator_code = compared.indicator_code
            and guarded.calendar_year = compared.calendar_year
    left join comparison_years
        on
            guarded.indicator_code = comparison_years.indicator_code
            and guarded.calendar_year = comparison_years.calendar_year
            and guarded.is_city_part = comparison_years.is_city_part
    inner join areas
        on
            guarded.area_code = areas.area_code
            and areas.is_current
)

select * from final
