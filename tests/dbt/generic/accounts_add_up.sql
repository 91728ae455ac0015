{#- Guards that no record and no value of a delivered file got lost on the way. -#}
{% test accounts_add_up(model) %}
    select delivery_id
    from {{ model }}
    where
        records_read
        != records_header + records_footer + records_blank + records_skipped
        + records_loaded + records_quarantined
        or values_read != values_loaded + values_ignored + values_quarantined
{% endtest %}
