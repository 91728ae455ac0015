{#- Whether a value lies in a class of `class_kind`: at least its lower and below its upper bound. -#}
{% macro is_in_class(value, classes, class_kind) -%}
    {{ classes }}.class_kind = '{{ class_kind }}'
    and {{ value }} >= {{ classes }}.from_value
    and {{ value }} < coalesce({{ classes }}.below_value, 9e18)
{%- endmacro %}
