with companies as (
    select * from {{ ref("int_company_year_classified") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

final as (
    select
        companies.company_code,
        cast(companies.calendar_year as varchar) as time_key,
        areas.area_key,
        companies.industry_code,
        companies.section_code,
        companies.legal_form_code,
        companies.size_class_code,
        companies.turnover_class_code,
        companies.age_class_code,
        companies.group_code,
        companies.provenance_code,
        companies.founded_on,
        companies.is_b2b,
        companies.employees,
        companies.turnover_eur,
        companies.risk_score
    from companies
    inner join areas on companies.area_code = areas.area_code
)

select * from final
