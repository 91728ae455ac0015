{{
    config(
        materialized="incremental", unique_key="indicator_code", on_schema_change="fail"
    )
}}

{%- set facts = [
    "fct_indicator_value",
    "fct_indicator_vintage",
    "fct_indicator_confidentiality",
    "fct_missing_figure",
] %}

with indicators as (
    select * from {{ ref("dim_indicator") }}
),

{% for fact in facts -%}
    {{ fact }} as (
        select * from {{ ref(fact) }}
    ),

{% endfor -%}
-- The order of rows does not matter, nor a name of a column: what it holds does.
hashed as (
    {% for fact in facts -%}
        select
            {{ fact }}.indicator_code,
            hash('{{ fact }}', {{ fact }}) as row_hash
        from {{ fact }}
        {%- if not loop.last %}
            union all
        {% endif %}
    {%- endfor %}
),

summed as (
    select
        indicator_code,
        sum(row_hash) as content_hash
    from hashed
    group by indicator_code
),

final as (
    select
        indicators.indicator_code,
        coalesce(summed.content_hash, 0) as content_hash,
        {% if is_incremental() -%}
            coalesce(summed.content_hash, 0) is distinct from before.content_hash
        {%- else -%}
            true
        {%- endif %} as is_changed
    from indicators
    left join summed on indicators.indicator_code = summed.indicator_code
    {% if is_incremental() -%}
        left join {{ this }} as before
            on indicators.indicator_code = before.indicator_code
    {%- endif %}
)

select * from final
