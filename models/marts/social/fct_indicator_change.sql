with figures as (
    select * from {{ ref("fct_indicator_assessment") }}
    where indicator_value is not null and chance_method != 'none'
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

-- Over a break of the series the difference would show the new definition.
paired as (
    select
        figures.*,
        spans.span_years,
        former.numerator as former_numerator,
        former.denominator as former_denominator,
        former.indicator_value as former_value
    from figures
    cross join (values (1), (5)) as spans (span_years)
    inner join figures as former
        on
            figures.audience_code = former.audience_code
            and figures.area_key = former.area_key
            and figures.indicator_code = former.indicator_code
            and figures.calendar_year - spans.span_years = former.calendar_year
    where
        figures.last_break_year is null
        or figures.last_break_year <= figures.calendar_year - spans.span_years
),

scored as (
    select
        *,
        (numerator / denominator - former_numerator / former_denominator) / nullif(
            {{ pooled_error(
                "numerator",
                "denominator",
                "former_numerator",
                "former_denominator",
                "chance_method = 'share'",
            ) }},
            0
        ) as change_score
    from paired
),

tested as (
    select
        *,
        coalesce({{ two_sided_probability("change_score") }}, 1) as chance_probability
    from scored
),

-- Benjamini & Hochberg 1995 over all tests a page can show: one audience, town, year.
ranked as (
    select
        *,
        chance_probability * count(*) over (
            partition by audience_code, town_code, calendar_year
        ) / count(*) over (
            partition by audience_code, town_code, calendar_year
            order by chance_probability
        ) as stepped_probability
    from tested
),

adjusted as (
    select
        *,
        min(least(stepped_probability, 1)) over (
            partition by audience_code, town_code, calendar_year
            order by chance_probability desc
        ) as adjusted_probability
    from ranked
),

final as (
    select
        adjusted.audience_code,
        adjusted.area_key,
        adjusted.time_key,
        adjusted.indicator_code,
        adjusted.span_years,
        adjusted.former_value,
        adjusted.indicator_value - adjusted.former_value as value_change,
        adjusted.change_score,
        adjusted.chance_probability,
        adjusted.adjusted_probability,
        adjusted.adjusted_probability <= {{ var("false_discovery_rate") }}
            as is_significant,
        adjusted.indicator_value != adjusted.former_value
        and abs(adjusted.indicator_value - adjusted.former_value)
        >= indicators.relevant_change
        * case
            when indicators.display_factor = 100 then 1 else adjusted.former_value
        end as is_relevant
    from adjusted
    inner join indicators on adjusted.indicator_code = indicators.indicator_code
)

select * from final
