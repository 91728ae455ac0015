{#- Who gets a published file, from the inside out; `code_audience` has their names. -#}
{% macro audiences() -%}
    {{ return(["internal", "public"]) }}
{%- endmacro %}
