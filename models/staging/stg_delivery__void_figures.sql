-- Figures of deliveries that no longer count: they explain why a figure is missing.
with figures as (
    select * from {{ source("deliveries", "figure") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
    where delivery_state != 'active'
),

final as (
    select
        figures.area_code,
        figures.measure_code,
        figures.period as period_code,
        deliveries.delivery_id,
        deliveries.received_at,
        figures.line_number,
        figures.column_label
    from figures
    inner join deliveries on figures.delivery_id = deliveries.delivery_id
    where figures.value is not null
)

select * from final
