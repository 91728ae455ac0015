{#- Who gets a published file, from the inside out; `code_audience` has their names. -#}
{% macro audiences() -%}
    {{ return(["internal", "public"]) }}
{%- endmacro %}

{#- The column `<audience>_<name>` of a relation for the audience of the row. -#}
{% macro of_audience(rows, relation, name) -%}
    case {{ rows }}.audience_code
        {% for audience in audiences() -%}
            when '{{ audience }}' then {{ relation }}.{{ audience }}_{{ name }}
        {% endfor -%}
    end
{%- endmacro %}
