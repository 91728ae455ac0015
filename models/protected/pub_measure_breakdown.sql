with parts_of_measures as (
    select * from {{ ref("fct_measure_breakdown") }}
),

confidentiality as (
    select * from {{ ref("fct_measure_confidentiality") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

measures as (
    select * from {{ ref("dim_measure") }}
),

industries as (
    select * from {{ ref("dim_industry") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

-- What the city does not publish as an indicator it does not publish in parts either.
withheld as (
    select distinct numerator_measure_code as measure_code
    from {{ ref("dim_indicator") }}
    where is_withheld
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

decided as (
    select
        parts_of_measures.*,
        audiences.audience_code,
        {{ of_audience("audiences", "statuses", "conf_status") }} as part_status,
        {{ of_audience("audiences", "statuses", "total_conf_status") }} as total_status
    from parts_of_measures
    cross join audiences
    inner join confidentiality as statuses
        on
            parts_of_measures.area_key = statuses.area_key
            and parts_of_measures.time_key = statuses.time_key
            and parts_of_measures.measure_code = statuses.measure_code
),

facts as (
    select
        * exclude (part_value, total_value, obs_status),
        case when part_status = 'F' then 'F' else 'C' end as conf_status,
        case when part_status = 'F' then obs_status else 'Q' end as obs_status,
        case when part_status = 'F' then part_value end as part_value,
        case when part_status = 'F' and total_status = 'F' then total_value end
            as total_value
    from decided
    where part_status != 'N'
),

final as (
    select
        facts.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.peer_group,
        areas.area_order,
        facts.total_measure_code,
        totals.measure_name as total_measure_name,
        facts.breakdown,
        facts.measure_code,
        periods.period_start_on,
        periods.calendar_year,
        reference_periods.period_name as reference_period_name,
        facts.obs_status,
        facts.conf_status,
        sources.attribution,
        sources.licence_name,
        provenances.name_de as provenance_name,
        facts.part_value,
        facts.total_value,
        coalesce(industries.industry_short_name, parts.measure_name) as part_name,
        -- As in pub_indicator_value: rows with one key may be added up.
        facts.audience_code || '|' || case
            when facts.part_value is null or facts.total_value is null
                then areas.area_code
            else areas.area_level
        end || '|' || facts.time_key || '|' || facts.measure_code as aggregation_key
    from facts
    inner join measures as parts on facts.measure_code = parts.measure_code
    inner join measures as totals
        on facts.total_measure_code = totals.measure_code
    inner join areas on facts.area_key = areas.area_key
    inner join periods on facts.time_key = periods.time_key
    left join industries
        on
            facts.breakdown = 'industry'
            and facts.breakdown_code = industries.industry_code
    left join periods as reference_periods
        on facts.reference_time_key = reference_periods.time_key
    left join sources on facts.source_code = sources.source_code
    left join provenances on facts.provenance_code = provenances.provenance_code
    left join withheld
        on withheld.measure_code in (facts.measure_code, facts.total_measure_code)
    where
        areas.area_order is not null
        and withheld.measure_code is null
)

select * from final
