with figures as (
    select * from {{ ref("pub_indicator_value") }}
),

causes as (
    select * from {{ ref("fct_missing_figure") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

reasons as (
    select * from {{ ref("code_missing_reason") }}
),

rules as (
    select * from {{ ref("code_quarantine_rule") }}
),

releases as (
    select * from {{ ref("dim_release") }}
),

known as (
    select
        audience_code,
        area_code,
        indicator_code,
        cast(min(calendar_year) as varchar) as first_year,
        cast(max(calendar_year) as varchar) as last_year,
        cast(count(*) as varchar) as year_count
    from figures
    where indicator_value is not null
    group by audience_code, area_code, indicator_code
),

explained as (
    select
        areas.area_code,
        causes.indicator_code,
        causes.time_key,
        reasons.name_de as reason_name,
        reasons.description_de as reason_text,
        releases.file_name,
        causes.line_number,
        'Datei „' || releases.file_name || '“, Zeile '
        || cast(causes.line_number as varchar)
        || coalesce(', Spalte „' || causes.column_label || '“', '') as place_text,
        case
            when causes.rule_code is not null
                then coalesce(rules.name_de || '. ' || rules.hint_de, 'Regel verletzt.')
            when releases.release_state = 'withdrawn'
                then
                    'Am ' || {{ german_date("releases.withdrawn_at") }}
                    || ' zurückgezogen: ' || releases.withdrawal_reason
            when releases.release_state = 'replaced'
                then 'Die Lieferung, die sie ersetzt, enthält die Zahl nicht mehr.'
        end as cause_text
    from causes
    inner join areas on causes.area_key = areas.area_key
    inner join reasons on causes.missing_reason_code = reasons.reason_code
    left join releases on causes.release_id = releases.release_id
    left join rules on causes.rule_code = rules.rule_code
),

final as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        figures.peer_group,
        figures.area_order,
        figures.indicator_code,
        figures.indicator_name,
        figures.chapter_name,
        figures.indicator_order,
        figures.period_start_on,
        figures.calendar_year,
        cast(figures.calendar_year as varchar) as year_name,
        figures.obs_status,
        figures.conf_status,
        explained.reason_name,
        explained.file_name,
        explained.line_number,
        explained.reason_text
        || coalesce(' ' || explained.place_text || ': ' || explained.cause_text, '')
            as explanation,
        case
            when known.first_year is null then 'kein Jahr'
            when known.first_year = known.last_year then known.first_year
            else
                known.year_count || ' Jahre, '
                || known.first_year || ' bis ' || known.last_year
        end as known_years
    from figures
    inner join explained
        on
            figures.area_code = explained.area_code
            and figures.indicator_code = explained.indicator_code
            and cast(figures.calendar_year as varchar) = explained.time_key
    left join known
        on
            figures.audience_code = known.audience_code
            and figures.area_code = known.area_code
            and figures.indicator_code = known.indicator_code
    where figures.indicator_value is null and figures.conf_status = 'F'
)

select * from final
