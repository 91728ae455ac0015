with facts as (
    select * from {{ ref("fct_indicator_value") }}
    where indicator_value is null
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

bridge as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

releases as (
    select * from {{ ref("dim_release") }}
),

quarantined_rows as (
    select * from {{ ref("fct_quarantined_row") }}
),

void_figures as (
    select * from {{ ref("stg_delivery__void_figures") }}
),

-- A composed area lacks a figure because one of its parts does.
members as (
    select
        bridge.ancestor_area_key as area_key,
        parts.area_code as member_area_code
    from bridge
    inner join areas as wholes on bridge.ancestor_area_key = wholes.area_key
    inner join areas as parts on bridge.descendant_area_key = parts.area_key
    where
        bridge.step_count = 0
        or (bridge.step_count = 1 and wholes.is_composed)
),

-- What was delivered and does not count.
unused as (
    select
        quarantined_rows.area_code,
        quarantined_rows.measure_code,
        quarantined_rows.period_code,
        'quarantined' as reason_code,
        quarantined_rows.release_id,
        quarantined_rows.line_number,
        quarantined_rows.column_label,
        quarantined_rows.rule_code,
        releases.received_at
    from quarantined_rows
    inner join releases on quarantined_rows.release_id = releases.release_id
    where releases.release_state = 'active'
    union all
    select
        area_code,
        measure_code,
        period_code,
        'delivery_withdrawn' as reason_code,
        delivery_id as release_id,
        line_number,
        column_label,
        cast(null as varchar) as rule_code,
        received_at
    from void_figures
),

missing as (
    select
        facts.area_key,
        facts.time_key,
        facts.indicator_code,
        facts.missing_reason_code,
        members.member_area_code,
        case
            when facts.missing_reason_code = 'base_missing'
                then indicators.denominator_measure_code
            else indicators.numerator_measure_code
        end as measure_code
    from facts
    inner join indicators on facts.indicator_code = indicators.indicator_code
    inner join members on facts.area_key = members.area_key
),

-- A row in quarantine counts before one that was withdrawn, the latest first.
final as (
    select
        missing.area_key,
        missing.time_key,
        missing.indicator_code,
        missing.measure_code,
        unused.release_id,
        unused.line_number,
        unused.column_label,
        unused.rule_code,
        coalesce(unused.reason_code, missing.missing_reason_code)
            as missing_reason_code
    from missing
    left join unused
        on
            missing.member_area_code = unused.area_code
            and missing.measure_code = unused.measure_code
            and missing.time_key = substr(unused.period_code, 1, 4)
    qualify row_number() over (
        partition by missing.area_key, missing.time_key, missing.indicator_code
        order by
            unused.reason_code desc nulls last,
            unused.received_at desc,
            unused.release_id desc,
            unused.line_number asc,
            unused.column_label asc
    ) = 1
)

select * from final
