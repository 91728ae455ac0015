with industries as (
    select * from {{ ref("code_industry") }}
),

company_groups as (
    select * from {{ ref("code_company_group") }}
),

members as (
    select * from {{ ref("code_company_group_member") }}
    where breakdown = 'industry'
),

final as (
    select
        industries.industry_code,
        industries.name_de as industry_name,
        industries.name_en as industry_name_en,
        industries.industry_level,
        company_groups.name_de as industry_group_name,
        coalesce(industries.short_name_de, industries.name_de) as industry_short_name,
        coalesce(industries.parent_industry_code, industries.industry_code)
            as section_code,
        coalesce(sections.name_de, industries.name_de) as section_name
    from industries
    left join industries as sections
        on industries.parent_industry_code = sections.industry_code
    left join members
        on
            coalesce(industries.parent_industry_code, industries.industry_code)
            = members.class_code
    left join company_groups
        on
            members.breakdown = company_groups.breakdown
            and members.group_code = company_groups.group_code
    union all
    -- All together, to which facts about industries have rows of their own.
    select
        'total' as industry_code,
        'Alle Wirtschaftszweige' as industry_name,
        'All industries' as industry_name_en,
        'total' as industry_level,
        null as industry_group_name,
        'Alle Wirtschaftszweige' as industry_short_name,
        'total' as section_code,
        'Alle Wirtschaftszweige' as section_name
)

select * from final
