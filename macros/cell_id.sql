{#- Name of a cell: what is counted, of whom and when. The same in every table that shows it. -#}
{% macro cell_id(counted, area_code, period, breakdown="'all'", class_code="'all'") -%}
    concat_ws('|', {{ counted }}, {{ area_code }}, {{ period }}, {{ breakdown }}, {{ class_code }})
{%- endmacro %}
