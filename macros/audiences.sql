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

{#-
    Status of a figure, in `column`: as it is, or not published where too many figures of window
    `level_figures` are secret. A page full of secrets helps nobody; the city is always shown.
-#}
{% macro unless_mostly_secret(column) -%}
    case
        when
            area_level != 'municipality'
            and avg(
                case
                    when is_figure then cast({{ column }} not in ('F', 'N') as integer)
                end
            ) over level_figures > {{ var("most_secrets_of_level") }}
            then 'N'
        else {{ column }}
    end
{%- endmacro %}
