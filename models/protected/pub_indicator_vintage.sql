{{ config_by_indicator() }}

with figures as (
    select * from {{ ref("pub_indicator_value") }}
    where
        municipality_code is null
        and conf_status = 'F'
        and indicator_value is not null
        and {{ is_of_changed_indicator("indicator_code") }}
),

-- Of figures nobody else publishes, former values were never looked at for protection.
official as (
    select * from {{ ref("fct_indicator_confidentiality") }}
    where not is_subject_to_protection
),

vintages as (
    select * from {{ ref("fct_indicator_vintage") }}
    where
        indicator_value is not null
        and coalesce(provenance_code, 'published') != 'synthetic'
        and {{ is_of_changed_indicator("indicator_code") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

releases as (
    select * from {{ ref("dim_release") }}
),

states as (
    select
        {{ build_day() }} as state_on,
        'heute' as state_name
    union all
    select
        make_date(state_year, 12, 31) as state_on,
        'Ende ' || cast(state_year as varchar) as state_name
    from (
        select
            cast(
                unnest(
                    range(
                        year({{ build_day() }}) - {{ var("years_of_former_states") }},
                        year({{ build_day() }})
                    )
                ) as integer
            ) as state_year
    )
),

-- A former count that is small is left out, whoever published it.
known as (
    select
        vintages.*,
        areas.area_code,
        states.state_on,
        states.state_name
    from vintages
    inner join official
        on
            vintages.area_key = official.area_key
            and vintages.time_key = official.time_key
            and vintages.indicator_code = official.indicator_code
    inner join areas on vintages.area_key = areas.area_key
    inner join states on {{ is_known_on("vintages", "states.state_on") }}
    where
        vintages.known_to_on is null
        or areas.area_level != 'municipality'
        or not (
            {{ is_small_former_count("vintages.numerator") }}
            or {{ is_small_former_count("vintages.denominator") }}
        )
),

final as (
    select
        figures.audience_code,
        known.state_on,
        known.state_name,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        figures.peer_group,
        figures.area_order,
        figures.indicator_code,
        figures.indicator_name,
        figures.indicator_order,
        figures.period_start_on,
        figures.calendar_year,
        figures.conf_status,
        known.known_from_on,
        releases.release_title,
        figures.value_text as present_text,
        cast(figures.calendar_year as varchar) as year_name,
        known.indicator_value * figures.display_factor as shown_value,
        figures.indicator_value * figures.display_factor as shown_present_value,
        known.indicator_value != figures.indicator_value as is_changed,
        figures.calendar_year = max(figures.calendar_year) over (
            partition by
                figures.audience_code,
                figures.area_code,
                figures.indicator_code,
                known.state_on
        ) as is_latest_known,
        {{ german_date("known.known_from_on") }} as known_from_text,
        {{ german_value(
            "known.indicator_value", "indicators.decimals", "indicators.unit_symbol"
        ) }} as known_text,
        case
            when known.indicator_value = figures.indicator_value then 'unverändert'
            else {{ german_change(
                "(figures.indicator_value - known.indicator_value)",
                "indicators.decimals",
                "false",
                "indicators.change_unit",
            ) }}
        end as difference_text,
        max_by(
            figures.value_text || ' (' || cast(figures.calendar_year as varchar) || ')',
            figures.calendar_year
        ) filter (where known.state_name = 'heute') over (
            partition by
                figures.audience_code, figures.area_code, figures.indicator_code
        ) as newest_text
    from figures
    inner join known
        on
            figures.area_code = known.area_code
            and figures.indicator_code = known.indicator_code
            and cast(figures.calendar_year as varchar) = known.time_key
    inner join indicators on figures.indicator_code = indicators.indicator_code
    left join releases on known.release_id = releases.release_id
)

select * from final
