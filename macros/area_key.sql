{#- Versioned key of an area: its code and the year from which this version is valid. -#}
{% macro area_key(relation) -%}
    {{ relation }}.area_code
    || '@' || cast(extract(year from {{ relation }}.valid_from) as varchar)
{%- endmacro %}
