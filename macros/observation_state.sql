{#-
    The observations that count, over all active deliveries: of every key the row published last.
    A full delivery replaces what earlier ones of its spec said of the same `part` (an expression,
    usually the year); one with rows in quarantine does not, since what it seems to lack may be
    among them.
-#}
{% macro observation_state(dataset, key, part) -%}
    {%- set order = "struct_pack(p := deliveries.published_on, r := deliveries.received_at, "
        ~ "d := deliveries.delivery_id)" -%}
    select
        observations.*,
        deliveries.source_provenance_code as provenance_code
    from {{ source("deliveries", dataset) }} as observations
    inner join {{ ref("stg_delivery__deliveries") }} as deliveries
        on
            observations.delivery_id = deliveries.delivery_id
            and deliveries.delivery_state = 'active'
    qualify
        row_number() over (
            partition by observations.{{ key | join(", observations.") }}
            order by
                deliveries.published_on desc,
                deliveries.received_at desc,
                deliveries.delivery_id desc,
                observations.line_number desc
        ) = 1
        and {{ order }} >= coalesce(
            max(case
                when deliveries.scope = 'full' and deliveries.records_quarantined = 0
                    then {{ order }}
            end) over (partition by deliveries.spec_name, {{ part }}),
            {{ order }}
        )
{%- endmacro %}
