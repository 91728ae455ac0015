{%- set kept = [
    "audience_code", "area_code", "area_name", "area_level", "area_level_name",
    "municipality_code", "period_start_on", "calendar_year", "attribution",
] %}

with positions as (
    select * from {{ ref("pub_industry_position") }}
),

balances as (
    select * from {{ ref("pub_company_balance") }}
    where breakdown = 'all' and is_pooled
),

parts as (
    select * from {{ ref("pub_area_geometry") }}
),

-- As shown: rounded, shares in percent.
figures as (
    select
        {{ kept | join(", ") }},
        cast(calendar_year as varchar) as period_name,
        industry_name,
        unnest(['share', 'quotient', 'growth']) as figure_code,
        unnest([
            'Anteil an den Unternehmen',
            'Lokalisationsquotient (Stadt = 1)',
            'Wachstum pro Jahr über fünf Jahre',
        ]) as figure_name,
        unnest([share_text, quotient_text, growth_text]) as value_text,
        unnest([
            round(company_share * 100, 1),
            round(location_quotient, 2),
            round(company_growth_5y * 100, 1),
        ]) as shown_value
    from positions
    union all
    select
        {{ kept | join(", ") }},
        period_name,
        class_name as industry_name,
        unnest(['founding', 'closing', 'insolvency']) as figure_code,
        unnest([
            'Gründungen je 100 Unternehmen und Jahr',
            'Schließungen je 100 Unternehmen und Jahr',
            'Insolvenzen je 10.000 Unternehmen und Jahr',
        ]) as figure_name,
        unnest([
            {{ released_text(
                "birth_count",
                german_number("100 * birth_count / company_year_count", "1"),
                "true"
            ) }},
            {{ released_text(
                "death_count",
                german_number("100 * death_count / company_year_count", "1"),
                "true"
            ) }},
            insolvency_rate_text,
        ]) as value_text,
        unnest([
            round(100 * birth_count / company_year_count, 1),
            round(100 * death_count / company_year_count, 1),
            round(insolvency_rate, 0),
        ]) as shown_value
    from balances
),

drawn as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        parts.part_number,
        figures.figure_code,
        figures.figure_name,
        figures.industry_name,
        figures.period_start_on,
        figures.calendar_year,
        figures.period_name,
        figures.attribution,
        figures.value_text,
        figures.shown_value,
        parts.drawn_contour
    from figures
    inner join parts on figures.area_code = parts.area_code
),

final as (
    select
        *,
        {{ colour_value("shown_value") }} as colour_value
    from drawn
)

select * from final
