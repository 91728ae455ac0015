with facts as (
    select * from {{ ref("fct_measure_breakdown") }}
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

final as (
    select
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
        case
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
        facts.conf_status = 'F'
        and areas.area_order is not null
        and withheld.measure_code is null
)

select * from final
order by total_measure_code, breakdown, area_code, period_start_on, measure_code
