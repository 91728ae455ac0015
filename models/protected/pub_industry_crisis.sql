with crises as (
    select * from {{ ref("fct_industry_crisis") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

kinds as (
    select * from {{ ref("code_company_figure") }}
),

crisis_names as (
    select * from {{ ref("code_crisis") }}
),

company_groups as (
    select * from {{ ref("code_company_group") }}
),

industries as (
    select * from {{ ref("dim_industry") }}
),

breakdowns as (
    select * from {{ ref("code_company_breakdown") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        crises.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        crises.counted as figure_code,
        kinds.name_de as figure_name,
        kinds.figure_order,
        crises.breakdown,
        crises.class_code,
        crises.crisis_year,
        crisis_names.name_de as crisis_name,
        crises.crisis_change,
        crises.recovered_year,
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        crises.breakdown = 'all' or company_groups.group_code is not null as is_group,
        coalesce(
            company_groups.name_de,
            industries.industry_short_name,
            breakdowns.name_de
        ) as class_name,
        coalesce(company_groups.group_order, 0) as class_order,
        case when crises.is_secret then 'C' else 'F' end as conf_status,
        crises.recovered_year - crises.crisis_year as recovery_years,
        make_date(crises.crisis_year, 1, 1) as period_start_on,
        {{ released_text(
            "crises.crisis_change",
            german_percent("crises.crisis_change", "1", is_signed=true),
            "crises.is_secret"
        ) }} as change_text,
        case
            when crises.is_secret then 'geheim zu halten'
            when crises.recovered_year is null
                then 'bis ' || crises.last_year || ' nicht'
            when crises.recovered_year = crises.crisis_year then 'kein Rückgang'
            else cast(crises.recovered_year as varchar)
        end as recovery_text
    from crises
    inner join areas on crises.area_key = areas.area_key
    inner join kinds on crises.counted = kinds.counted
    inner join crisis_names on crises.crisis_year = crisis_names.crisis_year
    inner join breakdowns on crises.breakdown = breakdowns.breakdown
    left join company_groups
        on
            crises.breakdown = company_groups.breakdown
            and crises.class_code = company_groups.group_code
    left join industries
        on
            crises.breakdown = 'industry'
            and crises.class_code = industries.industry_code
    left join provenances on crises.provenance_code = provenances.provenance_code
    left join sources on crises.source_code = sources.source_code
    where areas.area_order is not null
)

select * from final
