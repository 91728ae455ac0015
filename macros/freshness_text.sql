{#-
    How fresh a source is, in German. `days` is an SQL expression: days since its next figures were
    due, null where none are due. Reads columns `is_current` and `rhythm_name`.
-#}
{% macro freshness_text(days) -%}
    case
        when rhythm_name = 'einmalig' then 'einmalige Veröffentlichung'
        when not is_current then 'durch neuere Quelle fortgeführt'
        when {{ days }} is null then 'ohne festen Termin'
        when {{ days }} <= 0 then 'aktuell'
        when {{ days }} = 1 then 'überfällig seit 1 Tag'
        when {{ days }} < 31 then 'überfällig seit ' || cast({{ days }} as varchar) || ' Tagen'
        when {{ days }} < 61 then 'überfällig seit 1 Monat'
        when {{ days }} < 365
            then 'überfällig seit '
            || cast(cast(floor({{ days }} / 30.5) as integer) as varchar) || ' Monaten'
        when {{ days }} < 731 then 'überfällig seit 1 Jahr'
        else 'überfällig seit '
            || cast(cast(floor({{ days }} / 365.25) as integer) as varchar) || ' Jahren'
    end
{%- endmacro %}
