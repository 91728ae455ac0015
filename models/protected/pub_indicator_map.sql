{{ config_by_indicator() }}

with figures as (
    select * from {{ ref("pub_indicator_value") }}
    where {{ is_of_changed_indicator("indicator_code") }}
),

parts as (
    select * from {{ ref("pub_area_geometry") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

drawn as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        parts.part_number,
        figures.indicator_code,
        figures.indicator_name,
        figures.chapter_name,
        figures.indicator_order,
        figures.unit_name,
        indicators.definition_text,
        figures.period_start_on,
        figures.calendar_year,
        figures.is_comparison_year,
        figures.obs_status,
        figures.conf_status,
        figures.attribution,
        figures.value_text,
        parts.drawn_contour,
        coalesce(indicators.note_text, '–') as note_text,
        -- As shown: shares in percent, with the decimals of the indicator.
        round(
            figures.indicator_value * figures.display_factor, indicators.decimals
        ) as shown_value
    from figures
    inner join parts on figures.area_code = parts.area_code
    inner join indicators on figures.indicator_code = indicators.indicator_code
    where figures.is_within_series
),

final as (
    select
        *,
        {{ colour_value("shown_value") }} as colour_value
    from drawn
)

select * from final
