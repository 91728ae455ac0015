{%- set overdue_days = "date_diff('day', used_sources.due_on, " ~ build_day() ~ ")" %}

with used_sources as (
    select * from {{ ref("bridge_indicator_source") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
    where not is_withheld
),

joined as (
    select
        indicators.indicator_code,
        indicators.indicator_name,
        indicators.chapter_name,
        indicators.indicator_order,
        used_sources.source_code,
        sources.source_title,
        sources.publisher_name,
        sources.table_code,
        sources.source_url,
        sources.licence_name,
        coalesce(sources.licence_url, '–') as licence_url,
        sources.attribution,
        used_sources.provenance_name,
        used_sources.first_year,
        used_sources.last_year,
        used_sources.latest_period_end_on,
        used_sources.data_state_on,
        used_sources.rhythm_name,
        used_sources.lag_months,
        used_sources.due_on,
        used_sources.is_current,
        case
            when not used_sources.is_base then 'Zahl'
            when not used_sources.is_numerator then 'Bezugsgröße'
            else 'Zahl und Bezugsgröße'
        end as role_name,
        case when used_sources.is_current then {{ overdue_days }} end as overdue_days
    from used_sources
    inner join sources on used_sources.source_code = sources.source_code
    inner join indicators
        on used_sources.indicator_code = indicators.indicator_code
    where indicators.protection_rule in ('official', 'persons', 'enterprises')
),

final as (
    select
        *,
        case
            when first_year = last_year then cast(first_year as varchar)
            else cast(first_year as varchar) || ' bis ' || cast(last_year as varchar)
        end as years_name,
        coalesce({{ german_date("data_state_on") }}, 'nicht vermerkt')
            as data_state_text,
        {{ german_date("latest_period_end_on") }} as latest_period_text,
        coalesce({{ german_date("due_on") }}, '–') as due_text,
        rhythm_name || case
            when due_on is null then ''
            else
                ', nach ' || cast(lag_months as varchar)
                || case when lag_months = 1 then ' Monat' else ' Monaten' end
        end as rhythm_text,
        coalesce(overdue_days > 0, false) as is_overdue,
        {{ freshness_text("overdue_days") }} as freshness
    from joined
)

select * from final
