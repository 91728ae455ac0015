{#-
    Guards in one query that every value of `keys` is found where it points to; null points nowhere.
    A key is {column: area_key, to: dim_area, field: area_key}; several may point to one table. The
    ER diagram is drawn from them.
-#}
{% test references(model, keys) %}
    with children as (
        select distinct {{ keys | map(attribute="column") | join(", ") }}
        from {{ model }}
    )
    {%- for key in keys %}
    {{ "union all" if not loop.first }}
    select distinct
        '{{ key.column }}' as column_name,
        cast(children.{{ key.column }} as varchar) as lost_value
    from children
    left join {{ ref(key.to) }} as parents
        on children.{{ key.column }} = parents.{{ key.field }}
    where children.{{ key.column }} is not null and parents.{{ key.field }} is null
    {%- endfor %}
{% endtest %}
