{#-
    The state of a register: the latest row of every key, over all active deliveries. It is listed
    unless a later full delivery of the same spec no longer contains it; `state_on` is the day since
    which that is known.
-#}
{% macro register_state(dataset, key) -%}
    select
        register_rows.*,
        deliveries.received_at,
        coalesce(deliveries.superseded_on, deliveries.published_on) as state_on,
        deliveries.superseded_on is null as is_listed
    from {{ source("deliveries", dataset) }} as register_rows
    inner join {{ ref("stg_delivery__deliveries") }} as deliveries
        on
            register_rows.delivery_id = deliveries.delivery_id
            and deliveries.delivery_state = 'active'
    qualify row_number() over (
        partition by register_rows.{{ key | join(", register_rows.") }}
        order by
            deliveries.superseded_on is null desc,
            deliveries.published_on desc,
            deliveries.received_at desc,
            deliveries.delivery_id desc,
            register_rows.line_number desc
    ) = 1
{%- endmacro %}
