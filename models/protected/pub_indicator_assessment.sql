with figures as (
    select * from {{ ref("pub_indicator_value") }}
    where is_within_series
),

assessments as (
    select
        assessments.*,
        areas.area_code
    from {{ ref("fct_indicator_assessment") }} as assessments
    inner join {{ ref("dim_area") }} as areas on assessments.area_key = areas.area_key
),

changes as (
    select * from {{ ref("fct_indicator_change") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

-- What is significant and relevant is a change, up or down; all else is none.
judged as (
    select
        assessments.*,
        indicators.direction,
        indicators.direction_name,
        indicators.is_social_report,
        indicators.is_headline,
        indicators.decimals,
        indicators.unit_symbol,
        indicators.change_unit,
        {%- for span in [1, 5] %}
            years_{{ span }}.value_change as change_{{ span }}y,
            years_{{ span }}.is_significant and years_{{ span }}.is_relevant
                as is_change_{{ span }}y
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from assessments
    inner join indicators on assessments.indicator_code = indicators.indicator_code
    {%- for span in [1, 5] %}
        left join changes as years_{{ span }}
            on
                assessments.audience_code = years_{{ span }}.audience_code
                and assessments.area_key = years_{{ span }}.area_key
                and assessments.indicator_code = years_{{ span }}.indicator_code
                and assessments.time_key = years_{{ span }}.time_key
                and years_{{ span }}.span_years = {{ span }}
    {%- endfor %}
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
        judged.is_town,
        figures.indicator_code,
        figures.indicator_name,
        figures.chapter_name,
        figures.indicator_order,
        judged.is_social_report,
        judged.is_headline,
        figures.unit_name,
        judged.direction_name,
        figures.period_start_on,
        figures.calendar_year,
        figures.is_comparison_year,
        figures.conf_status,
        figures.reference_period_name,
        figures.provenance_name,
        figures.attribution,
        figures.licence_name,
        judged.chance_score,
        abs(judged.chance_score) as score_size,
        -- Nought has no sign.
        case
            when judged.direction = 0 then 0 * abs(judged.chance_score)
            else judged.direction * judged.chance_score
        end as relief_score,
        figures.value_text,
        coalesce(
            {{ german_number("judged.value_low * figures.display_factor", "decimals") }}
            || '–' || {{ german_value(
                "judged.value_high", "judged.decimals", "judged.unit_symbol"
            ) }},
            '–'
        ) as interval_text,
        coalesce(
            judged.area_rank || ' von ' || judged.ranked_area_count, '–'
        ) as rank_text,
        coalesce(
            {{ german_value(
                "judged.town_value", "judged.decimals", "judged.unit_symbol"
            ) }},
            '–'
        ) as town_text,
        coalesce(
            {{ german_change(
                "judged.distance_to_town",
                "judged.decimals",
                "false",
                "judged.change_unit",
            ) }},
            '–'
        ) as distance_text,
        case
            when judged.is_town then 'Stadt insgesamt'
            when figures.conf_status = 'C' then 'geheim zu halten'
            else {{ german_finding("judged.town_position", "judged.direction") }}
        end as finding_name,
        {%- for span in [1, 5] %}
            coalesce(
                case
                    when not judged.is_change_{{ span }}y then '○ '
                    when judged.change_{{ span }}y > 0 then '▲ '
                    else '▼ '
                end || {{ german_change(
                    "judged.change_" ~ span ~ "y",
                    "judged.decimals",
                    "false",
                    "judged.change_unit",
                ) }},
                '–'
            ) as change_{{ span }}y_text,
            case
                when judged.is_change_{{ span }}y is null then 'nicht beurteilt'
                when not judged.is_change_{{ span }}y then 'keine gesicherte Änderung'
                else case sign(judged.change_{{ span }}y) * judged.direction
                    when 1 then 'günstiger'
                    when -1 then 'ungünstiger'
                    else case
                        when judged.change_{{ span }}y > 0 then 'gestiegen'
                        else 'gesunken'
                    end
                end
            end as trend_{{ span }}y_name,
        {%- endfor %}
        {%- for column, name in [
            ("indicator_value", "value"), ("value_low", "low"), ("value_high", "high"),
            ("town_value", "town"), ("distance_to_town", "distance"),
        ] %}
            judged.{{ column }} * figures.display_factor as shown_{{ name }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from figures
    inner join judged
        on
            figures.audience_code = judged.audience_code
            and figures.area_code = judged.area_code
            and figures.indicator_code = judged.indicator_code
            and figures.calendar_year = judged.calendar_year
)

select * from final
