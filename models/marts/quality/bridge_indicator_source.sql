with facts as (
    select * from {{ ref("fct_indicator_value") }}
    where indicator_value is not null
),

areas as (
    select * from {{ ref("dim_area") }}
    where area_order is not null
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

states as (
    select * from {{ ref("stg_register__source_states") }}
),

rhythms as (
    select * from {{ ref("code_rhythm") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

shown as (
    select
        facts.area_key,
        facts.indicator_code,
        facts.source_code,
        facts.base_source_code,
        facts.provenance_code,
        periods.calendar_year,
        coalesce(reference_periods.period_end_on, periods.period_end_on)
            as period_end_on,
        periods.calendar_year = max(periods.calendar_year) over (
            partition by facts.area_key, facts.indicator_code
        ) as is_latest
    from facts
    inner join areas on facts.area_key = areas.area_key
    inner join periods on facts.time_key = periods.time_key
    left join periods as reference_periods
        on facts.reference_time_key = reference_periods.time_key
),

used as (
    select
        indicator_code,
        source_code,
        provenance_code,
        calendar_year,
        period_end_on,
        is_latest,
        true as is_numerator,
        false as is_base
    from shown
    union all
    select
        indicator_code,
        base_source_code as source_code,
        provenance_code,
        calendar_year,
        period_end_on,
        is_latest,
        false as is_numerator,
        true as is_base
    from shown
    where base_source_code is not null
),

summed as (
    select
        used.indicator_code,
        used.source_code,
        bool_or(used.is_numerator) as is_numerator,
        bool_or(used.is_base) as is_base,
        string_agg(distinct provenances.name_de, ', ' order by provenances.name_de)
            as provenance_name,
        min(used.calendar_year) as first_year,
        max(used.calendar_year) as last_year,
        max(used.period_end_on) as latest_period_end_on,
        -- Another source goes on where none of the latest figures is from this one.
        bool_or(used.is_latest) as is_current
    from used
    left join provenances on used.provenance_code = provenances.provenance_code
    group by used.indicator_code, used.source_code
),

-- Of sources that do not say how often they appear, quoted figures appear once and
-- tables every year, as late as the figures they are used for.
timed as (
    select
        summed.*,
        coalesce(
            sources.source_rhythm,
            case when sources.licence_code = 'quotation' then 'once' else 'year' end
        ) as rhythm_code,
        coalesce(
            sources.source_lag_months,
            min(case
                when summed.is_numerator then indicators.reporting_lag_months
            end) over (partition by summed.source_code),
            indicators.reporting_lag_months
        ) as lag_months,
        -- A ratio may end before its source does.
        max(summed.latest_period_end_on) over (
            partition by summed.source_code
        ) as source_period_end_on
    from summed
    inner join sources on summed.source_code = sources.source_code
    inner join indicators on summed.indicator_code = indicators.indicator_code
),

final as (
    select
        timed.indicator_code,
        timed.source_code,
        timed.is_numerator,
        timed.is_base,
        timed.provenance_name,
        timed.first_year,
        timed.last_year,
        timed.latest_period_end_on,
        timed.is_current,
        states.data_state_on,
        timed.rhythm_code,
        rhythms.name_de as rhythm_name,
        timed.lag_months,
        cast(
            last_day({{ dbt.dateadd(
                "month",
                "rhythms.month_count + timed.lag_months",
                "timed.source_period_end_on",
            ) }}) as date
        ) as due_on
    from timed
    inner join rhythms on timed.rhythm_code = rhythms.rhythm_code
    inner join states on timed.source_code = states.source_code
)

select * from final
