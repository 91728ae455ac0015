{{ config_by_indicator() }}

with figures as (
    select * from {{ ref("fct_indicator_assessment") }}
    where
        indicator_value is not null
        and {{ is_of_changed_indicator("indicator_code") }}
),

released as (
    select * from {{ ref("fct_released_indicator") }}
    where
        indicator_value is not null
        and {{ is_of_changed_indicator("indicator_code") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where area_order is not null
),

-- Counts of areas of different size are not compared.
indicators as (
    select * from {{ ref("dim_indicator") }}
    where value_kind != 'count'
),

peers as (
    select
        released.*,
        areas.area_code as peer_code
    from released
    inner join areas on released.area_key = areas.area_key
    inner join indicators on released.indicator_code = indicators.indicator_code
    where areas.municipality_code is null
),

common_years as (
    select
        figures.audience_code,
        figures.area_key,
        figures.indicator_code,
        peers.area_key as peer_area_key,
        max(peers.time_key) as time_key
    from figures
    inner join areas on figures.area_key = areas.area_key
    inner join peers
        on
            figures.audience_code = peers.audience_code
            and figures.indicator_code = peers.indicator_code
            and figures.time_key = peers.time_key
            and figures.town_code != peers.peer_code
    group by all
),

paired as (
    select
        common_years.peer_area_key,
        figures.*,
        peers.numerator as peer_numerator,
        peers.indicator_value as peer_value,
        case
            when figures.chance_method != 'none'
                then (
                    figures.numerator / figures.denominator
                    - peers.numerator / peers.denominator
                ) / nullif(
                    {{ pooled_error(
                        "figures.numerator",
                        "figures.denominator",
                        "peers.numerator",
                        "peers.denominator",
                        "figures.chance_method = 'share'",
                    ) }},
                    0
                )
        end as difference_score
    from common_years
    inner join figures
        on
            common_years.audience_code = figures.audience_code
            and common_years.area_key = figures.area_key
            and common_years.indicator_code = figures.indicator_code
            and common_years.time_key = figures.time_key
    inner join peers
        on
            common_years.audience_code = peers.audience_code
            and common_years.peer_area_key = peers.area_key
            and common_years.indicator_code = peers.indicator_code
            and common_years.time_key = peers.time_key
),

final as (
    select
        audience_code,
        area_key,
        peer_area_key,
        indicator_code,
        time_key,
        calendar_year,
        indicator_value,
        peer_value,
        indicator_value - peer_value as distance_to_peer,
        difference_score,
        -- Of a peer that publishes a rate alone nobody knows how far it varies.
        case
            when value_low is null then null
            when peer_numerator is null and value_low > peer_value then 'above'
            when peer_numerator is null and value_high < peer_value then 'below'
            when {{ two_sided_probability("difference_score") }} > 0.05 then 'within'
            when difference_score > 0 then 'above'
            when difference_score < 0 then 'below'
            else 'within'
        end as peer_position
    from paired
)

select * from final
