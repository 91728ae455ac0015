{#-
    Guards a history: every version lasts, none begins before the one before it has ended, and one
    is open. If this fails after a withdrawal or an older delivery, `datenlabor rebuild` lives all
    days anew.
-#}
{% test versions_follow_each_other(model, key) %}
    select *
    from {{ model }}
    qualify
        dbt_valid_to <= dbt_valid_from
        or dbt_valid_to > lead(dbt_valid_from) over (
            partition by {{ key | join(", ") }} order by dbt_valid_from
        )
        or lead(dbt_valid_from) over (
            partition by {{ key | join(", ") }} order by dbt_valid_from
        ) is not null and dbt_valid_to is null
{% endtest %}
