-- Does age or debt decide how digitally active the seniors of a district are?
-- Correlation over the districts of the city, year by year: near 0 there is no
-- relation, near -1 or 1 a close one.
with values_by_year as (
    select * from {{ ref("fct_indicator_value") }}
),

districts as (
    select * from {{ ref("dim_district") }}
    where is_city
),

district_years as (
    select
        facts.area_key,
        facts.time_key,
        max(facts.indicator_value) filter (
            where facts.indicator_code = 'digital_seniors'
        ) as active_share,
        max(facts.indicator_value) filter (
            where facts.indicator_code = 'overindebted'
        ) as overindebtedness_rate,
        max(facts.indicator_value) filter (
            where facts.indicator_code = 'sgb12_65plus'
        ) as old_age_support_rate,
        max(facts.indicator_value) filter (
            where facts.indicator_code = 'share_80plus'
        ) as very_old_share,
        max(facts.indicator_value) filter (
            where facts.indicator_code = 'mean_age'
        ) as mean_age
    from values_by_year as facts
    inner join districts on facts.area_key = districts.area_key
    group by facts.area_key, facts.time_key
),

final as (
    select
        time_key as calendar_year,
        count(active_share) as district_count,
        round(corr(active_share, overindebtedness_rate), 2) as with_overindebtedness,
        round(corr(active_share, old_age_support_rate), 2) as with_old_age_support,
        round(corr(active_share, very_old_share), 2) as with_share_of_very_old,
        round(corr(active_share, mean_age), 2) as with_mean_age
    from district_years
    where active_share is not null
    group by time_key
)

select * from final
order by calendar_year
