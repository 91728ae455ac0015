with quarantined_rows as (
    select * from {{ ref("fct_quarantined_row") }}
),

releases as (
    select * from {{ ref("dim_release") }}
),

rules as (
    select * from {{ ref("code_quarantine_rule") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

periods as (
    select * from {{ ref("dim_time") }}
),

measures as (
    select * from {{ ref("dim_measure") }}
),

final as (
    select
        quarantined_rows.quarantine_key,
        quarantined_rows.release_id,
        releases.file_name,
        releases.release_title,
        quarantined_rows.line_number,
        cast(quarantined_rows.line_number as varchar) as line_text,
        quarantined_rows.value_count,
        areas.municipality_code,
        releases.release_state = 'active' as is_active,
        cast(releases.received_at as date) as received_on,
        {{ german_date("releases.received_at") }} as received_text,
        coalesce(quarantined_rows.column_label, 'ganze Zeile') as column_label,
        coalesce(rules.name_de, 'Regel verletzt') as rule_name,
        coalesce(rules.hint_de, 'Bei der Stelle nachfragen, die die Datei einliest.')
            as hint_text,
        coalesce(areas.area_name, quarantined_rows.area_code, '–') as area_name,
        coalesce(periods.period_name, quarantined_rows.period_code, '–')
            as period_name,
        coalesce(measures.measure_name, quarantined_rows.measure_code, '–')
            as measure_name
    from quarantined_rows
    inner join releases on quarantined_rows.release_id = releases.release_id
    left join rules on quarantined_rows.rule_code = rules.rule_code
    left join areas on quarantined_rows.area_code = areas.area_code
    left join periods on quarantined_rows.period_code = periods.time_key
    left join measures on quarantined_rows.measure_code = measures.measure_code
)

select * from final
