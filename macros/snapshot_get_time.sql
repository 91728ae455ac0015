{#- Snapshots count in days: their time is the day a state was published, never the clock. -#}
{% macro duckdb__snapshot_get_time() -%}
    current_date
{%- endmacro %}
