-- What if one company leaves a small area: how much does a single one move its numbers?
with profiles as (
    select
        area_key,
        time_key,
        industry_code,
        class_kind,
        company_count,
        employee_count,
        turnover_eur
    from {{ ref("fct_business_dynamics") }}
    where industry_code = 'total' and class_kind = 'all'
),

companies as (
    select * from {{ ref("fct_company_year") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

latest as (
    select max(time_key) as time_key from profiles
),

-- The greatest company of every area in which companies have their seat.
greatest_companies as (
    select
        companies.area_key,
        max(companies.employees) as employee_count,
        max(companies.turnover_eur) as turnover_eur
    from companies
    inner join latest on companies.time_key = latest.time_key
    group by companies.area_key
),

final as (
    select
        areas.area_name,
        profiles.company_count,
        -1.0 / profiles.company_count as company_change,
        -greatest_companies.employee_count / profiles.employee_count
            as greatest_employee_change,
        -greatest_companies.turnover_eur / profiles.turnover_eur
            as greatest_turnover_change,
        -- What a typical year does to the area anyway.
        {{ growth_per_year("profiles.employee_count", "former.employee_count", 5) }}
            as employee_growth_per_year
    from profiles
    inner join latest on profiles.time_key = latest.time_key
    inner join areas on profiles.area_key = areas.area_key
    inner join greatest_companies on profiles.area_key = greatest_companies.area_key
    left join profiles as former
        on
            profiles.area_key = former.area_key
            and cast(profiles.time_key as integer) - 5
            = cast(former.time_key as integer)
)

select * from final
order by greatest_employee_change asc
