{{ config_by_indicator() }}

with figures as (
    select
        released.*,
        areas.area_code,
        areas.area_level,
        cast(released.time_key as integer) as calendar_year,
        coalesce(areas.municipality_code, areas.area_code) as town_code,
        areas.municipality_code is null as is_town
    from {{ ref("fct_released_indicator") }} as released
    inner join {{ ref("dim_area") }} as areas on released.area_key = areas.area_key
    where
        (
            areas.municipality_code is not null
            or areas.area_level = 'municipality'
            or areas.area_code = '{{ var("city_code") }}'
        )
        and {{ is_of_changed_indicator("released.indicator_code") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

limits as (
    select * from {{ ref("int_poisson_limit_calculated") }}
),

-- Shares of a whole and rates of events vary by chance. A balance, which can be
-- negative, means and amounts do so in ways that nobody delivers.
classified as (
    select
        figures.*,
        indicators.value_kind,
        -- Counts of areas of different size are not compared.
        case
            when not figures.is_town and indicators.value_kind != 'count'
                then figures.town_code
        end as compared_town_code,
        case when not figures.is_town then figures.indicator_value end
            as compared_value,
        case
            when not indicators.has_counts or min(figures.numerator) over kinds < 0
                then 'none'
            when
                indicators.display_factor = 100
                and max(figures.numerator - figures.denominator) over kinds <= 0
                then 'share'
            when indicators.display_factor = 100 or indicators.ratio_factor > 1
                then 'rate'
            else 'none'
        end as chance_method,
        max(case when figures.break_note is not null then figures.calendar_year end)
            over series as last_break_year
    from figures
    inner join indicators on figures.indicator_code = indicators.indicator_code
    window
        kinds as (partition by figures.indicator_code, figures.audience_code),
        series as (
            partition by
                figures.indicator_code, figures.audience_code, figures.area_key
            order by figures.calendar_year
        )
),

measured as (
    select
        classified.*,
        {%- for bound, sign in [("low", -1), ("high", 1)] %}
            case classified.chance_method
                when 'share'
                    then {{ wilson_bound(
                        "classified.numerator", "classified.denominator", sign
                    ) }}
                when 'rate'
                    then coalesce(
                        limits.count_{{ bound }},
                        {{ poisson_bound("classified.numerator", sign) }}
                    ) / nullif(classified.denominator, 0)
            end * classified.ratio_factor as value_{{ bound }},
        {%- endfor %}
        case
            when classified.indicator_value is not null and not classified.is_town
                then rank() over (
                    parts order by classified.indicator_value desc nulls last
                )
        end as area_rank,
        case
            when area_rank is not null
                then count(classified.indicator_value) over parts
        end as ranked_area_count,
        {%- for part in ["numerator", "denominator"] %}
            case
                when
                    classified.value_kind = 'ratio'
                    and count(*) over parts
                    = count(classified.compared_value) over parts
                    then sum(classified.{{ part }}) over parts
            end as parts_{{ part }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from classified
    left join limits on classified.numerator = limits.case_count
    window parts as (
        partition by
            indicator_code, audience_code, town_code, area_level, calendar_year
    )
),

-- Where nothing is known of the town itself, all its parts together are the town.
compared as (
    select
        measured.*,
        coalesce(towns.numerator, measured.parts_numerator) as town_numerator,
        coalesce(towns.denominator, measured.parts_denominator) as town_denominator,
        coalesce(
            towns.indicator_value,
            measured.ratio_factor
            * measured.parts_numerator / nullif(measured.parts_denominator, 0)
        ) as town_value
    from measured
    left join measured as towns
        on
            towns.is_town
            and measured.audience_code = towns.audience_code
            and measured.compared_town_code = towns.area_code
            and measured.indicator_code = towns.indicator_code
            and measured.time_key = towns.time_key
    where measured.indicator_value is not null or measured.conf_status = 'C'
),

final as (
    select
        audience_code,
        area_key,
        time_key,
        indicator_code,
        town_code,
        calendar_year,
        is_town,
        conf_status,
        chance_method,
        last_break_year,
        numerator,
        denominator,
        indicator_value,
        value_low,
        value_high,
        area_rank,
        ranked_area_count,
        town_value,
        indicator_value - town_value as distance_to_town,
        -- How far from the town, in standard errors of an area like all of it: the
        -- coordinate of a funnel plot (Spiegelhalter 2005).
        (indicator_value - town_value) / nullif(ratio_factor * sqrt(
            town_numerator / nullif(town_denominator, 0) * case chance_method
                when 'share' then 1 - town_numerator / nullif(town_denominator, 0)
                when 'rate' then 1
            end / nullif(denominator, 0)
        ), 0) as chance_score,
        case
            when value_low > town_value then 'above'
            when value_high < town_value then 'below'
            when value_low is not null and town_value is not null then 'within'
        end as town_position
    from compared
)

select * from final
