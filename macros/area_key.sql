{#- Versioned key of an area: its code and the first day of this version. -#}
{% macro area_key(relation) -%}
    {{ relation }}.area_code || '@' || cast({{ relation }}.valid_from as varchar)
{%- endmacro %}
