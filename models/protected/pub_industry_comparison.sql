with comparisons as (
    select * from {{ ref("fct_industry_comparison") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

industries as (
    select * from {{ ref("dim_industry") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        comparisons.audience_code,
        areas.area_code,
        areas.area_name,
        areas.municipality_code,
        areas.peer_group,
        areas.area_order,
        peers.area_code as peer_code,
        peers.area_name as peer_name,
        peers.area_order as peer_order,
        comparisons.total_measure_code,
        comparisons.industry_code,
        industries.industry_short_name as industry_name,
        periods.period_start_on,
        periods.calendar_year,
        comparisons.company_count,
        comparisons.company_share,
        comparisons.peer_share,
        comparisons.location_quotient,
        comparisons.location_quotient_low,
        comparisons.location_quotient_high,
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        {{ german_number("comparisons.company_count", "0") }} as company_text,
        {{ german_percent("comparisons.company_share", "1") }} as share_text,
        {{ german_percent("comparisons.peer_share", "1") }} as peer_share_text,
        coalesce(
            {{ german_interval("comparisons.location_quotient", "2") }},
            'zu wenige Unternehmen'
        ) as quotient_text,
        case
            when comparisons.location_quotient is null then 'zu wenige Unternehmen'
            when comparisons.location_quotient_low > 1 then 'stärker vertreten'
            when comparisons.location_quotient_high < 1 then 'schwächer vertreten'
            else 'unauffällig'
        end as finding_text
    from comparisons
    inner join areas on comparisons.area_key = areas.area_key
    inner join areas as peers on comparisons.peer_area_key = peers.area_key
    inner join industries on comparisons.industry_code = industries.industry_code
    inner join periods on comparisons.time_key = periods.time_key
    left join sources on comparisons.source_code = sources.source_code
    left join provenances on comparisons.provenance_code = provenances.provenance_code
)

select * from final
