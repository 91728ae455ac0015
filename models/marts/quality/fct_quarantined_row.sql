{%- set place = [
    "delivery_id",
    "line_number",
    "column_label",
    "rule",
    "area_code",
    "period_code",
    "measure_code",
] %}

with quarantined_rows as (
    select * from {{ ref("stg_delivery__quarantined_rows") }}
),

final as (
    select
        md5(concat_ws(
            '|',
            {% for column in place -%}
                coalesce(cast({{ column }} as varchar), '')
                {%- if not loop.last %},{% endif %}
            {% endfor -%}
        )) as quarantine_key,
        delivery_id as release_id,
        line_number,
        column_label,
        rule as rule_code,
        area_code,
        period_code,
        measure_code,
        -- The raw text stays behind: it may be what protection hides.
        cast(sum(value_count) as bigint) as value_count
    from quarantined_rows
    group by {{ place | join(", ") }}
)

select * from final
