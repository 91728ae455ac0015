with awards as (
    select * from {{ ref("stg_delivery__awards") }}
),

companies as (
    select * from {{ ref("fct_company_year") }}
),

final as (
    select
        awards.company_code,
        cast(awards.calendar_year as varchar) as time_key,
        companies.area_key,
        companies.industry_code,
        companies.section_code,
        awards.award_level,
        awards.award_category,
        awards.award_result,
        awards.provenance_code
    from awards
    left join companies
        on
            awards.company_code = companies.company_code
            and cast(awards.calendar_year as varchar) = companies.time_key
)

select * from final
