{#-
    The state of a register: the row of every key that counts, over all active deliveries. It is
    listed unless later full deliveries of every spec that listed it no longer contain it. `state_on`
    is the last day on which a delivery listed the key or no longer did so: whatever changed last,
    changed then.
-#}
{% macro register_state(dataset, key) -%}
    {%- set keys = "register_rows." ~ key | join(", register_rows.") -%}
    select
        register_rows.*,
        deliveries.received_at,
        deliveries.source_provenance_code as provenance_code,
        deliveries.superseded_on is null as is_listed,
        max(greatest(
            deliveries.published_on, coalesce(deliveries.superseded_on, deliveries.published_on)
        )) over (partition by {{ keys }}) as state_on
    from {{ source("deliveries", dataset) }} as register_rows
    inner join {{ ref("stg_delivery__deliveries") }} as deliveries
        on
            register_rows.delivery_id = deliveries.delivery_id
            and deliveries.delivery_state = 'active'
    qualify row_number() over (
        partition by {{ keys }}
        order by
            deliveries.superseded_on is null desc,
            deliveries.superseded_on desc,
            deliveries.published_on desc,
            deliveries.received_at desc,
            deliveries.delivery_id desc,
            register_rows.line_number desc
    ) = 1
{%- endmacro %}

{#-
    The state of a list of the product on the day the run lives: of the rows of a key the one changed
    last. A change is a row of its own with its `changed_on`; an end is one with `is_listed` false.
-#}
{% macro product_state(seed, key) -%}
    select product_rows.*
    from {{ ref(seed) }} as product_rows
    inner join {{ source("run", "lived_day") }} as lived
        on product_rows.changed_on <= lived.day_on
    qualify row_number() over (
        partition by product_rows.{{ key | join(", product_rows.") }}
        order by product_rows.changed_on desc
    ) = 1
{%- endmacro %}
