with figures as (
    select * from {{ ref("pub_indicator_value") }}
    where is_revised
),

vintages as (
    select * from {{ ref("fct_indicator_vintage") }}
    where indicator_value is not null
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

-- Former values of figures that need protection were never looked at for it.
official as (
    select * from {{ ref("fct_indicator_confidentiality") }}
    where not is_subject_to_protection
),

releases as (
    select * from {{ ref("dim_release") }}
),

spans as (
    select
        areas.area_code,
        vintages.indicator_code,
        vintages.time_key,
        count(*) as vintage_count,
        min(vintages.known_from_on) as first_published_on,
        max(vintages.known_from_on) as latest_published_on,
        min_by(vintages.indicator_value, vintages.known_from_on) as first_value,
        max_by(vintages.indicator_value, vintages.known_from_on) as latest_value,
        min_by(vintages.release_id, vintages.known_from_on) as first_release_id,
        max_by(vintages.changing_release_id, vintages.known_from_on)
            as latest_release_id
    from vintages
    inner join areas on vintages.area_key = areas.area_key
    inner join official
        on
            vintages.area_key = official.area_key
            and vintages.time_key = official.time_key
            and vintages.indicator_code = official.indicator_code
    group by areas.area_code, vintages.indicator_code, vintages.time_key
),

final as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        figures.peer_group,
        figures.area_order,
        figures.indicator_code,
        figures.indicator_name,
        figures.chapter_name,
        figures.indicator_order,
        figures.period_start_on,
        figures.calendar_year,
        cast(figures.calendar_year as varchar) as year_name,
        figures.obs_status,
        figures.conf_status,
        spans.vintage_count,
        spans.first_published_on,
        spans.latest_published_on,
        spans.first_value,
        spans.latest_value,
        spans.latest_value - spans.first_value as difference,
        (spans.latest_value - spans.first_value) / nullif(abs(spans.first_value), 0)
            as relative_difference,
        first_releases.release_title as first_release_title,
        latest_releases.release_title as latest_release_title,
        {{ german_date("spans.first_published_on") }} as first_published_text,
        {{ german_date("spans.latest_published_on") }} as latest_published_text,
        {{ german_value(
            "spans.first_value", "indicators.decimals", "indicators.unit_symbol"
        ) }} as first_value_text,
        {{ german_value(
            "spans.latest_value", "indicators.decimals", "indicators.unit_symbol"
        ) }} as latest_value_text,
        {{ german_change(
            "(spans.latest_value - spans.first_value)",
            "indicators.decimals",
            "false",
            "indicators.change_unit",
        ) }} as difference_text,
        coalesce(
            {{ german_change(
                "((spans.latest_value - spans.first_value)"
                ~ " / nullif(abs(spans.first_value), 0))",
                "1",
                "true",
                "indicators.change_unit",
            ) }},
            '–'
        ) as relative_difference_text
    from figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    inner join spans
        on
            figures.area_code = spans.area_code
            and figures.indicator_code = spans.indicator_code
            and cast(figures.calendar_year as varchar) = spans.time_key
    left join releases as first_releases
        on spans.first_release_id = first_releases.release_id
    left join releases as latest_releases
        on spans.latest_release_id = latest_releases.release_id
)

select * from final
