with measures as (
    select * from {{ ref("fct_measure_breakdown") }}
    where breakdown = 'industry'
),

confidentiality as (
    select * from {{ ref("fct_measure_confidentiality") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

areas as (
    select area_key from {{ ref("dim_area") }}
    where area_order is not null
),

released as (
    select
        audiences.audience_code,
        measures.area_key,
        measures.time_key,
        measures.breakdown_code as industry_code,
        measures.total_measure_code,
        measures.source_code,
        measures.provenance_code,
        measures.total_value as area_company_count,
        measures.part_value as company_count
    from measures
    cross join audiences
    inner join areas on measures.area_key = areas.area_key
    inner join confidentiality
        on
            measures.area_key = confidentiality.area_key
            and measures.time_key = confidentiality.time_key
            and measures.measure_code = confidentiality.measure_code
    where
        {{ of_audience("audiences", "confidentiality", "conf_status") }} = 'F'
        and {{ of_audience("audiences", "confidentiality", "total_conf_status") }} = 'F'
),

-- Only figures of one publication are compared: others count other companies.
compared as (
    select
        released.*,
        peers.area_key as peer_area_key,
        peers.company_count as peer_company_count,
        peers.area_company_count as peer_total_company_count,
        released.company_count / nullif(released.area_company_count, 0)
            as company_share,
        peers.company_count / nullif(peers.area_company_count, 0) as peer_share,
        case
            when released.company_count >= {{ var("minimum_companies_of_quotient") }}
                then {{ location_quotient(
                    "released.company_count", "released.area_company_count",
                    "peers.company_count", "peers.area_company_count"
                ) }}
        end as location_quotient
    from released
    inner join released as peers
        on
            released.audience_code = peers.audience_code
            and released.time_key = peers.time_key
            and released.total_measure_code = peers.total_measure_code
            and released.industry_code = peers.industry_code
            and released.source_code = peers.source_code
            and released.area_key != peers.area_key
),

final as (
    select
        audience_code,
        area_key,
        peer_area_key,
        time_key,
        total_measure_code,
        industry_code,
        source_code,
        provenance_code,
        company_count,
        area_company_count,
        peer_company_count,
        peer_total_company_count,
        company_share,
        peer_share,
        location_quotient,
        {%- for bound, sign in [("low", -1), ("high", 1)] %}
            {{ location_quotient_bound(
                "location_quotient", "company_count", "area_company_count",
                "peer_company_count", "peer_total_company_count", sign
            ) }} as location_quotient_{{ bound }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from compared
)

select * from final
