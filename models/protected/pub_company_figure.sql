with figures as (
    select * from {{ ref("fct_released_company_figure") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

kinds as (
    select * from {{ ref("code_company_figure") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

breakdowns as (
    select * from {{ ref("code_company_breakdown") }}
),

company_groups as (
    select * from {{ ref("code_company_group") }}
),

company_classes as (
    select * from {{ ref("dim_company_class") }}
),

industries as (
    select * from {{ ref("dim_industry") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        figures.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        figures.counted as figure_code,
        kinds.name_de as figure_name,
        kinds.figure_order,
        units.name_de as unit_name,
        figures.period as period_name,
        figures.breakdown,
        breakdowns.name_de as breakdown_name,
        figures.class_code,
        figures.obs_status,
        figures.conf_status,
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        figures.cell_value as figure_value,
        cast(right(figures.period, 4) as integer) as calendar_year,
        length(figures.period) > 4 as is_pooled,
        figures.breakdown = 'all' or company_groups.group_code is not null as is_group,
        coalesce(
            company_groups.name_de,
            industries.industry_short_name,
            company_classes.class_name,
            breakdowns.name_de
        ) as class_name,
        coalesce(company_groups.group_order, company_classes.class_order, 1)
            as class_order,
        coalesce(
            {{ german_value("figures.cell_value", "0", "units.symbol_de") }},
            'geheim zu halten'
        ) as value_text
    from figures
    inner join areas on figures.area_key = areas.area_key
    inner join kinds on figures.counted = kinds.counted
    inner join units on kinds.unit_code = units.unit_code
    inner join breakdowns on figures.breakdown = breakdowns.breakdown
    inner join provenances on figures.provenance_code = provenances.provenance_code
    left join sources on figures.source_code = sources.source_code
    left join company_groups
        on
            figures.breakdown = company_groups.breakdown
            and figures.class_code = company_groups.group_code
    left join industries
        on
            figures.breakdown = 'industry'
            and figures.class_code = industries.industry_code
    left join company_classes
        on
            figures.breakdown = company_classes.class_kind
            and figures.class_code = company_classes.class_code
    where areas.area_order is not null
)

select * from final
