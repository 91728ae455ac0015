{%- set figures = released_company_figures() %}
{%- set spans = [1, 3, 5, 10] %}

with balances as (
    select
        *,
        string_split(coalesce(secret_figures, ''), ', ') as secrets
    from {{ ref("fct_company_balance") }}
),

growths as (
    select * from {{ ref("fct_company_growth") }}
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
        balances.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        balances.period as period_name,
        balances.breakdown,
        breakdowns.name_de as breakdown_name,
        breakdowns.breakdown_order,
        balances.class_code,
        balances.is_group,
        balances.has_industries,
        {%- for column in figures.values() %}
            balances.{{ column }},
        {%- endfor %}
        balances.company_year_count,
        balances.insolvency_rate,
        balances.insolvency_rate_low,
        balances.insolvency_rate_high,
        {%- for span in spans %}
            growths.company_growth_{{ span }}y,
            growths.employee_growth_{{ span }}y,
        {%- endfor %}
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        cast(right(balances.period, 4) as integer) as calendar_year,
        make_date(cast(right(balances.period, 4) as integer), 1, 1) as period_start_on,
        length(balances.period) > 4 as is_pooled,
        coalesce(
            company_groups.name_de,
            industries.industry_short_name,
            company_classes.class_name,
            breakdowns.name_de
        ) as class_name,
        case
            when balances.breakdown = 'industry'
                then coalesce(company_groups.name_de, industries.industry_group_name)
        end as industry_name,
        coalesce(company_groups.group_order, company_classes.class_order, 1)
            as class_order,
        case when balances.secret_figures is null then 'F' else 'C' end as conf_status,
        {%- for counted, column in figures.items() if counted != "turnover" %}
            {{ released_text(
                "balances." ~ column,
                german_number("balances." ~ column, "0"),
                "list_contains(balances.secrets, '" ~ counted ~ "')"
            ) }} as {{ column | replace("_count", "_text") }},
        {%- endfor %}
        {{ released_text(
            "balances.turnover_eur",
            german_number("balances.turnover_eur / 1000000", "1"),
            "list_contains(balances.secrets, 'turnover')"
        ) }} as turnover_text,
        {{ released_text(
            "balances.insolvency_rate",
            german_interval("balances.insolvency_rate", "0"),
            "list_contains(balances.secrets, 'insolvency')"
            ~ " or balances.insolvency_count is not null"
        ) }} as insolvency_rate_text,
        {{ released_text(
            "growths.company_growth_5y",
            german_percent("growths.company_growth_5y", "1", is_signed=true),
            "balances.company_count is null and growths.time_key is not null"
        ) }} as company_growth_text,
        -- Rows with one key may be added up; what has a secret stands alone.
        concat_ws(
            '|',
            balances.audience_code,
            areas.area_level,
            balances.period,
            balances.breakdown,
            balances.is_group,
            case
                when
                    balances.secret_figures is not null
                    or balances.company_year_count is null
                    then areas.area_code || '|' || balances.class_code
            end
        ) as aggregation_key
    from balances
    inner join areas on balances.area_key = areas.area_key
    inner join breakdowns on balances.breakdown = breakdowns.breakdown
    left join growths
        on
            balances.audience_code = growths.audience_code
            and balances.area_key = growths.area_key
            and balances.breakdown = growths.breakdown
            and balances.class_code = growths.class_code
            and balances.period = growths.time_key
    left join provenances on balances.provenance_code = provenances.provenance_code
    left join sources on balances.source_code = sources.source_code
    left join company_groups
        on
            balances.breakdown = company_groups.breakdown
            and balances.class_code = company_groups.group_code
    left join industries
        on
            balances.breakdown = 'industry'
            and balances.class_code = industries.industry_code
    left join company_classes
        on
            balances.breakdown = company_classes.class_kind
            and balances.class_code = company_classes.class_code
    where areas.area_order is not null
)

select * from final
