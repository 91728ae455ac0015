{#- A number as German text: 1.234,5. `decimals` is an SQL expression; null stays null. -#}
{% macro german_number(value, decimals) -%}
    {%- set number = adapter.dispatch("formatted_number", "datenlabor") -%}
    {{ unsigned_zero(number(value, decimals)) }}
{%- endmacro %}

{#- What is nought once it is rounded has no sign. -#}
{% macro unsigned_zero(text) -%}
    {{ return(adapter.dispatch("unsigned_zero", "datenlabor")(text)) }}
{%- endmacro %}

{% macro default__unsigned_zero(text) -%}
    regexp_replace({{ text }}, '^[+−]([0.,]+)$', '\1')
{%- endmacro %}

{% macro spark__unsigned_zero(text) -%}
    regexp_replace({{ text }}, '^[+−]([0.,]+)$', '$1')
{%- endmacro %}

{% macro default__formatted_number(value, decimals) -%}
    translate(
        format('{:,.' || cast({{ decimals }} as varchar) || 'f}', {{ value }}), ',.-', '.,−'
    )
{%- endmacro %}

{% macro spark__formatted_number(value, decimals) -%}
    translate(format_number({{ value }}, {{ decimals }}), ',.-', '.,−')
{%- endmacro %}

{#- A whole number as German text, a dash where there is none. -#}
{% macro german_count(value) -%}
    coalesce({{ german_number("cast(" ~ value ~ " as double)", "0") }}, '–')
{%- endmacro %}

{#- An indicator's value as German text with its unit; shares are stored as 0–1. -#}
{% macro german_value(value, decimals, unit_symbol) -%}
    {{ german_number(
        value ~ " * case when " ~ unit_symbol ~ " = '%' then 100 else 1 end", decimals
    ) }} || coalesce(' ' || {{ unit_symbol }}, '')
{%- endmacro %}

{#- A signed change as German text: '+1,2 Prozentpunkte', '−3,4 %'; no change has no sign. -#}
{% macro german_change(change, decimals, is_relative, change_unit) -%}
    {%- set number = adapter.dispatch("formatted_number", "datenlabor") -%}
    {%- set percentage = "abs(" ~ change ~ ") * 100" -%}
    {%- set signed -%}
        case when {{ change }} > 0 then '+' when {{ change }} < 0 then '−' else '' end || case
            when {{ is_relative }} then {{ number(percentage, "1") }}
            when {{ change_unit }} = 'Prozentpunkte'
                then {{ number(percentage, decimals) }}
            else {{ number("abs(" ~ change ~ ")", decimals) }}
        end
    {%- endset -%}
    {{ unsigned_zero(signed) }} || case
        when {{ is_relative }} then ' %'
        when {{ change_unit }} = 'Prozentpunkte' then ' Prozentpunkte'
        else ''
    end
{%- endmacro %}
