with quarantined_rows as (
    select * from {{ source("deliveries", "quarantined_row") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

final as (
    select
        quarantined_rows.delivery_id,
        deliveries.delivery_state,
        deliveries.file_name,
        deliveries.dataset,
        quarantined_rows.line_number,
        quarantined_rows.column_label,
        quarantined_rows.raw_value,
        quarantined_rows.rule,
        quarantined_rows.hint,
        quarantined_rows.area_code,
        quarantined_rows.period as period_code,
        quarantined_rows.measure_code,
        -- More than one where columns of a file share their heading.
        count(*) as value_count
    from quarantined_rows
    inner join deliveries on quarantined_rows.delivery_id = deliveries.delivery_id
    group by all
)

select * from final
