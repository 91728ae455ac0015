{#-
    Guards in one query that every value of `keys` is found where it points to; null points nowhere.
    A key is `column: table` or, where it is called otherwise there, `column: table.column`; several
    may point to one table. The ER diagram is drawn from them.
-#}
{% test references(model, keys) %}
    with children as (
        select distinct {{ keys | join(", ") }}
        from {{ model }}
    )
    {%- for column, target in keys.items() %}
    {%- set table = target.split(".")[0] %}
    {{ "union all" if not loop.first }}
    select distinct
        '{{ column }}' as column_name,
        cast(children.{{ column }} as varchar) as lost_value
    from children
    left join {{ ref(table) }} as parents
        on children.{{ column }} = parents.{{ target.split(".")[1] or column }}
    where
        children.{{ column }} is not null
        and parents.{{ target.split(".")[1] or column }} is null
    {%- endfor %}
{% endtest %}
