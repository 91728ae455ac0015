-- Which industries of the city lost most in 2020, and have they recovered since?
-- Turnover is at prices of the year, so that inflation helps to recover; look at the
-- number of companies too.
with dynamics as (
    select facts.*
    from {{ ref("fct_business_dynamics") }} as facts
    inner join {{ ref("dim_area") }} as areas on facts.area_key = areas.area_key
    where areas.area_code = '{{ var("city_code") }}' and facts.class_kind = 'all'
),

sections as (
    select * from {{ ref("dim_industry") }}
    where industry_level = 'section'
),

-- One row per section, its years side by side.
years as (
    select
        industry_code,
        max(time_key) as latest_year,
        max(turnover_eur) filter (where time_key = '2019') as turnover_2019,
        max(turnover_eur) filter (where time_key = '2020') as turnover_2020,
        max_by(turnover_eur, time_key) as latest_turnover,
        max(company_count) filter (where time_key = '2019') as companies_2019,
        max(company_count) filter (where time_key = '2020') as companies_2020,
        max_by(company_count, time_key) as latest_companies
    from dynamics
    group by industry_code
),

final as (
    select
        sections.industry_code,
        sections.industry_short_name,
        years.latest_year,
        years.turnover_2020 / years.turnover_2019 - 1 as turnover_change_2020,
        years.latest_turnover / years.turnover_2019 - 1 as turnover_change_until_latest,
        years.latest_turnover >= years.turnover_2019 as has_turnover_recovered,
        years.companies_2020 - years.companies_2019 as company_change_2020,
        years.latest_companies - years.companies_2019 as company_change_until_latest
    from years
    inner join sections on years.industry_code = sections.industry_code
)

select * from final
order by turnover_change_2020 asc
