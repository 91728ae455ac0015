-- Guards that no indicator is one of a secret cell or calculated from one, whatever way
-- it took through the models.
with secrets as (
    {{ secret_cells() }}
),

parts as (
    select
        indicator_code,
        unnest([numerator_measure_code, denominator_measure_code]) as measure_code
    from {{ ref("dim_indicator") }}
),

-- What is calculated from other measures shows them as well.
measures as (
    select
        parts.indicator_code,
        coalesce(companies.counted, parts.measure_code) as counted,
        0 as years_before
    from parts
    left join {{ ref("catalogue_company_measure") }} as companies
        on parts.measure_code = companies.measure_code
    union all
    select
        parts.indicator_code,
        origins.origin_code as counted,
        origins.years_before
    from parts
    inner join {{ ref("int_measure_origin_listed") }} as origins
        on parts.measure_code = origins.measure_code
),

indicator_years as (
    select
        audience_code,
        area_code,
        indicator_code,
        unnest([calendar_year, calendar_year - 1]) as shown_year,
        unnest([
            coalesce(indicator_value, numerator, denominator),
            coalesce(previous_value, change_on_year)
        ]) as shown_value
    from {{ ref("pub_indicator_value") }}
    union all
    -- Whatever is said of a figure tells something of it, and a test of the former.
    select
        audience_code,
        area_code,
        indicator_code,
        unnest([calendar_year, calendar_year - 1, calendar_year - 5]) as shown_year,
        unnest([
            coalesce(shown_value, shown_low, shown_high, chance_score),
            case when trend_1y_name != 'nicht beurteilt' then 1 end,
            case when trend_5y_name != 'nicht beurteilt' then 1 end
        ]) as shown_value
    from {{ ref("pub_indicator_assessment") }}
    union all
    select
        audience_code,
        area_code,
        indicator_code,
        calendar_year as shown_year,
        shown_value
    from {{ ref("pub_area_comparison") }}
    union all
    -- A distance shows both values it lies between.
    select
        audience_code,
        unnest([area_code, peer_code]) as area_code,
        indicator_code,
        calendar_year as shown_year,
        distance_to_peer as shown_value
    from {{ ref("pub_indicator_peer") }}
    union all
    -- Former values beside today's: their difference would show both.
    select
        audience_code,
        area_code,
        indicator_code,
        calendar_year as shown_year,
        shown_value
    from {{ ref("pub_indicator_vintage") }}
),

shown as (
    select
        indicator_years.audience_code,
        measures.counted,
        indicator_years.area_code,
        cast(indicator_years.shown_year - measures.years_before as varchar) as period,
        'all' as breakdown,
        'all' as class_code
    from indicator_years
    inner join measures on indicator_years.indicator_code = measures.indicator_code
    where indicator_years.shown_value is not null
)

{{ shown_secrets() }}
