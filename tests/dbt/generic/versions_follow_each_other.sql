{#-
    Guards a history: every version lasts, and each but the last ends on the day the next begins. If
    this fails after a withdrawal or an older delivery, `datenlabor rebuild` lives all days anew.
-#}
{% test versions_follow_each_other(model, key) %}
    with followed as (
        select
            *,
            lead(dbt_valid_from) over (
                partition by {{ key | join(", ") }} order by dbt_valid_from
            ) as next_valid_from
        from {{ model }}
    )

    select *
    from followed
    where
        dbt_valid_to <= dbt_valid_from
        or (
            next_valid_from is not null
            and dbt_valid_to is distinct from next_valid_from
        )
{% endtest %}
