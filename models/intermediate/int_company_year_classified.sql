with company_years as (
    select
        *,
        -- Full years on 31 December.
        calendar_year - extract(year from founded_on) as age_years
    from {{ ref("stg_delivery__company_years") }}
),

industries as (
    select * from {{ ref("code_industry") }}
),

classes as (
    select * from {{ ref("code_company_class") }}
),

final as (
    select
        companies.company_code,
        companies.calendar_year,
        companies.area_code,
        companies.industry_code,
        companies.group_code,
        companies.provenance_code,
        companies.founded_on,
        companies.is_b2b,
        companies.employees,
        companies.risk_score,
        -- Amounts that add up exactly, in whatever order.
        cast(companies.turnover_eur as decimal(18, 2)) as turnover_eur,
        coalesce(industries.parent_industry_code, companies.industry_code)
            as section_code,
        case
            when industries.industry_level = 'division' then companies.industry_code
        end as division_code,
        coalesce(companies.legal_form, 'unknown') as legal_form_code,
        coalesce(size_classes.class_code, 'unknown') as size_class_code,
        coalesce(turnover_classes.class_code, 'unknown') as turnover_class_code,
        coalesce(age_classes.class_code, 'unknown') as age_class_code
    from company_years as companies
    inner join industries on companies.industry_code = industries.industry_code
    left join classes as size_classes
        on {{ is_in_class("companies.employees", "size_classes", "size") }}
    left join classes as turnover_classes
        on {{ is_in_class("companies.turnover_eur", "turnover_classes", "turnover") }}
    left join classes as age_classes
        on {{ is_in_class("companies.age_years", "age_classes", "age") }}
)

select * from final
