{{
    config(
        materialized="incremental", unique_key="indicator_code", on_schema_change="fail"
    )
}}

with vintages as (
    select * from {{ ref("int_indicator_vintage_calculated") }}
    where numerator_status is not null
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where
        is_listed
        and {{ is_indicator_of_changed_measure() }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_latest_version
),

final as (
    select
        {{ area_key("areas") }} as area_key,
        cast(vintages.calendar_year as varchar) as time_key,
        vintages.indicator_code,
        vintages.known_from_on,
        vintages.known_to_on,
        cast(row_number() over (
            partition by
                areas.area_code, vintages.calendar_year, vintages.indicator_code
            order by vintages.known_from_on
        ) as integer) as vintage_number,
        vintages.release_id,
        vintages.base_release_id,
        vintages.changing_release_id,
        vintages.source_code,
        vintages.status_code as obs_status,
        vintages.provenance_code,
        vintages.numerator,
        vintages.denominator,
        vintages.indicator_value,
        vintages.is_revised,
        vintages.conversion_note is not null as is_converted
    from vintages
    inner join indicators on vintages.indicator_code = indicators.indicator_code
    inner join areas on vintages.area_code = areas.area_code
)

select * from final
