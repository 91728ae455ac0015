with figures as (
    select * from {{ source("deliveries", "figure") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
    where delivery_state = 'active'
),

final as (
    select
        figures.area_code,
        figures.measure_code,
        figures.period as period_code,
        deliveries.spec_name as dataset_code,
        deliveries.source_code,
        deliveries.source_licence_code as licence_code,
        figures.obs_status as status_code,
        figures.provenance as provenance_code,
        figures.value as published_value,
        deliveries.delivery_id as release_id,
        deliveries.published_on,
        deliveries.received_at,
        figures.line_number,
        figures.column_label
    from figures
    inner join deliveries on figures.delivery_id = deliveries.delivery_id
)

select * from final
