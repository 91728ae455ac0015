{#- All days from `start` to `stop`, both included, as `day_on`. -#}
{% macro date_spine(start, stop) -%}
    {{ return(adapter.dispatch("date_spine", "datenlabor")(start, stop)) }}
{%- endmacro %}

{% macro default__date_spine(start, stop) -%}
    select cast(day_on as date) as day_on
    from
        generate_series(
            date '{{ start }}', date '{{ stop }}', interval 1 day
        ) as days (day_on)
{%- endmacro %}

{% macro spark__date_spine(start, stop) -%}
    select explode(
        sequence(date '{{ start }}', date '{{ stop }}', interval 1 day)
    ) as day_on
{%- endmacro %}

{#- Last day of month `month` (1 to 12) of year `year`; both are SQL expressions. -#}
{% macro last_day_of_month(year, month) -%}
    last_day(make_date({{ year }}, {{ month }}, 1))
{%- endmacro %}

{#- A date as German text: 31.12.2015. -#}
{% macro german_date(day) -%}
    {{ return(adapter.dispatch("german_date", "datenlabor")(day)) }}
{%- endmacro %}

{% macro default__german_date(day) -%}
    strftime({{ day }}, '%d.%m.%Y')
{%- endmacro %}

{% macro spark__german_date(day) -%}
    date_format({{ day }}, 'dd.MM.yyyy')
{%- endmacro %}
