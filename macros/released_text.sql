{#-
    What readers see of a figure: `text` where there is a value, that it is secret (condition `is_secret`),
    or a dash where it is not published at this level.
-#}
{% macro released_text(value, text, is_secret) -%}
    case
        when {{ value }} is not null then {{ text }}
        when {{ is_secret }} then 'geheim zu halten'
        else '–'
    end
{%- endmacro %}

{#- A value with its interval as German text: 1,35 (1,10–1,62); null stays null. -#}
{% macro german_interval(value, decimals) -%}
    {{ german_number(value, decimals) }}
    || ' (' || {{ german_number(value ~ "_low", decimals) }}
    || '–' || {{ german_number(value ~ "_high", decimals) }} || ')'
{%- endmacro %}

{#- A share as German text in percent, with its sign where it is a change. -#}
{% macro german_percent(share, decimals, is_signed=false) -%}
    {%- set number = german_number(share ~ " * 100", decimals) -%}
    {%- set sign = "case when " ~ share ~ " > 0 then '+' else '' end || " -%}
    {{ unsigned_zero(sign ~ number) if is_signed else number }} || ' %'
{%- endmacro %}
