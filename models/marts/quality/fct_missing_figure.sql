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

releases as (
    select * from {{ ref("dim_release") }}
),

quarantined_rows as (
    select * from {{ ref("fct_quarantined_row") }}
),

void_figures as (
    select * from {{ ref("stg_delivery__void_figures") }}
),

dated as (
    select * from {{ ref("int_measure_vintage_dated") }}
    where known_to_on is null and measure_value is not null
),

outdated_periods as (
    select * from {{ ref("int_area_period_outdated") }}
),

-- A composed area lacks a figure because one of its parts does.
members as (
    select
        area_key,
        area_code as member_area_code
    from areas
    union all
    select
        areas.area_key,
        resolved.member_area_code
    from {{ ref("int_area_member_resolved") }} as resolved
    inner join areas on resolved.area_code = areas.area_code
),

-- What was delivered and does not count, such as a rate in former borders.
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
    union all
    select
        dated.area_code,
        dated.measure_code,
        dated.period_code,
        'not_convertible' as reason_code,
        cast(null as varchar) as release_id,
        cast(null as bigint) as line_number,
        cast(null as varchar) as column_label,
        cast(null as varchar) as rule_code,
        cast(null as timestamp) as received_at
    from dated
    inner join outdated_periods
        on
            dated.area_code = outdated_periods.area_code
            and dated.period_code = outdated_periods.period_code
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

-- What a source says itself holds. A row in quarantine counts before one that was
-- withdrawn, the latest first. A part of a year never stands for it.
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
            and length(unused.period_code) in (4, 10)
            and missing.missing_reason_code not in (
                'cannot_exist', 'kept_secret', 'not_yet_published'
            )
    qualify row_number() over (
        partition by missing.area_key, missing.time_key, missing.indicator_code
        order by
            case unused.reason_code
                when 'quarantined' then 1
                when 'delivery_withdrawn' then 2
                when 'not_convertible' then 3
                else 4
            end asc,
            unused.received_at desc,
            unused.release_id desc,
            unused.line_number asc,
            unused.column_label asc
    ) = 1
)

select * from final
