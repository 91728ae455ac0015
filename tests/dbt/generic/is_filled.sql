{#- Guards that none of `columns` is null: one query for what would be many tests. -#}
{% test is_filled(model, columns) %}
    select {{ columns | join(", ") }}
    from {{ model }}
    where {{ columns | join(" is null or ") }} is null
{% endtest %}
