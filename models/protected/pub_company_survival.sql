with survivals as (
    select
        *,
        length(period) > 4 as is_pooled
    from {{ ref("fct_company_survival") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

breakdowns as (
    select * from {{ ref("code_company_breakdown") }}
),

company_groups as (
    select * from {{ ref("code_company_group") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        survivals.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level_name,
        areas.municipality_code,
        survivals.period as period_name,
        survivals.breakdown,
        survivals.class_code,
        survivals.years_after,
        survivals.is_pooled,
        survivals.founded_count,
        survivals.surviving_count,
        survivals.survival_rate,
        survivals.survival_rate_low,
        survivals.survival_rate_high,
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        coalesce(company_groups.name_de, breakdowns.name_de) as class_name,
        coalesce(company_groups.group_order, 0) as class_order,
        cast(right(survivals.period, 4) as integer) as calendar_year,
        make_date(cast(right(survivals.period, 4) as integer), 1, 1) as period_start_on,
        survivals.period = max(survivals.period) over (
            partition by survivals.audience_code, survivals.is_pooled
        ) as is_latest_cohort,
        case when survivals.surviving_count is null then 'C' else 'F' end
            as conf_status,
        {{ released_text(
            "survivals.founded_count",
            german_number("survivals.founded_count", "0"),
            "true"
        ) }} as founded_text,
        {{ released_text(
            "survivals.surviving_count",
            german_number("survivals.surviving_count", "0"),
            "true"
        ) }} as surviving_text,
        {{ released_text(
            "survivals.survival_rate",
            german_percent("survivals.survival_rate", "1")
            ~ " || ' (' || "
            ~ german_number("survivals.survival_rate_low * 100", "1")
            ~ " || '–' || "
            ~ german_number("survivals.survival_rate_high * 100", "1")
            ~ " || ')'",
            "survivals.surviving_count is null"
        ) }} as survival_text
    from survivals
    inner join areas on survivals.area_key = areas.area_key
    inner join breakdowns on survivals.breakdown = breakdowns.breakdown
    left join company_groups
        on
            survivals.breakdown = company_groups.breakdown
            and survivals.class_code = company_groups.group_code
    left join provenances on survivals.provenance_code = provenances.provenance_code
    left join sources on survivals.source_code = sources.source_code
    where areas.area_order is not null
)

select * from final
