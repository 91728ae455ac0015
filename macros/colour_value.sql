{#-
    The value maps colour an area by. Superset draws nought as if there were no value, so that it
    is given as a number next to it, below what any value is rounded to.
-#}
{% macro colour_value(value) -%}
    case when {{ value }} = 0 then 0.0001 else {{ value }} end
{%- endmacro %}
