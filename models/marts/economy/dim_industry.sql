with industries as (
    select * from {{ ref("code_industry") }}
),

final as (
    select
        industries.industry_code,
        industries.name_de as industry_name,
        industries.name_en as industry_name_en,
        industries.industry_level,
        coalesce(industries.short_name_de, industries.name_de) as industry_short_name,
        coalesce(industries.parent_industry_code, industries.industry_code)
            as section_code,
        coalesce(sections.name_de, industries.name_de) as section_name
    from industries
    left join industries as sections
        on industries.parent_industry_code = sections.industry_code
)

select * from final
