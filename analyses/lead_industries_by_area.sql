-- Where do lead industries sit: in which parts of the city is an industry surely more
-- frequent than elsewhere, and has weight?
with profiles as (
    select * from {{ ref("fct_industry_profile") }}
    where industry_level = 'division'
),

areas as (
    select * from {{ ref("dim_area") }}
),

industries as (
    select * from {{ ref("dim_industry") }}
),

latest as (
    select max(time_key) as time_key from profiles
),

final as (
    select
        areas.area_level_name,
        areas.area_name,
        profiles.industry_code,
        industries.industry_name,
        profiles.company_count,
        profiles.employee_count,
        profiles.employee_share,
        profiles.company_quotient,
        profiles.company_quotient_low,
        profiles.company_quotient_high,
        profiles.employee_growth_5y
    from profiles
    inner join latest on profiles.time_key = latest.time_key
    inner join areas on profiles.area_key = areas.area_key
    inner join industries on profiles.industry_code = industries.industry_code
    -- Never the quotient alone: its interval lies above 1, and the industry has weight.
    where
        profiles.company_quotient_low > 1
        and profiles.company_count >= 10
        and profiles.employee_share >= 0.03
)

select * from final
order by area_level_name asc, company_quotient_low desc
