{#- Condition: the city does not publish this indicator (var `withheld_indicators`). -#}
{% macro is_withheld(indicator_code) -%}
    {%- set withheld = var("withheld_indicators", []) -%}
    {{ indicator_code }} in ('{{ withheld | join("', '") }}')
{%- endmacro %}
