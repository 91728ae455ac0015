with figures as (
    select * from {{ ref("pub_indicator_value") }}
),

company_figures as (
    select * from {{ ref("pub_company_figure") }}
),

parts as (
    select * from {{ ref("pub_measure_breakdown") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
    where provenance_code = 'synthetic'
),

statuses as (
    select * from {{ ref("code_obs_status") }}
    where symbol_de is not null
),

shown as (
    select
        audience_code,
        conf_status,
        provenance_name,
        indicator_value as shown_value
    from figures
    union all
    select
        audience_code,
        conf_status,
        provenance_name,
        figure_value as shown_value
    from company_figures
    union all
    select
        audience_code,
        conf_status,
        provenance_name,
        part_value as shown_value
    from parts
),

counted as (
    select
        shown.audience_code,
        cast(count(shown.shown_value) as double) as value_count,
        cast(count(
            case when provenances.name_de is not null then shown.shown_value end
        ) as double) as synthetic_count,
        cast(count(case when shown.conf_status = 'C' then 1 end) as double)
            as secret_count
    from shown
    left join provenances on shown.provenance_name = provenances.name_de
    group by shown.audience_code
),

legend as (
    select
        string_agg(symbol_de || ' ' || name_de, ' · ' order by status_code)
            as symbol_text
    from statuses
),

final as (
    select
        audience_code,
        1 as notice_order,
        'Musterdaten' as topic_name,
        {{ german_number("synthetic_count", "0") }} || ' von '
        || {{ german_number("value_count", "0") }}
        || ' Werten sind erfunden und dienen nur zur Vorführung: Sie sagen'
        || ' nichts über die Wirklichkeit. Bei jedem Wert steht, woher er kommt.'
            as notice_text
    from counted
    where synthetic_count > 0
    union all
    select
        audience_code,
        2 as notice_order,
        'Geheimhaltung' as topic_name,
        {{ german_number("secret_count", "0") }}
        || ' Werte sind geheim zu halten, weil sie auf zu wenigen Fällen beruhen'
        || ' oder sich solche aus ihnen berechnen ließen. Sie sind weder null,'
        || ' noch fehlen sie.'
            as notice_text
    from counted
    where secret_count > 0
    union all
    select
        counted.audience_code,
        3 as notice_order,
        'Zeichen' as topic_name,
        legend.symbol_text || ' · r Berichtigter Wert' as notice_text
    from counted
    cross join legend
)

select * from final
