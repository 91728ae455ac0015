{#- What companies are counted by: industry, and the kinds of class with their columns. -#}
{% macro company_class_columns() %}
    {{ return({
        "legal_form": "legal_form_code",
        "size": "size_class_code",
        "turnover": "turnover_class_code",
        "age": "age_class_code",
    }) }}
{% endmacro %}

{% macro company_traits() %}
    {{ return(
        ["industry_code", "section_code", "division_code"]
        + company_class_columns().values() | list
    ) }}
{% endmacro %}

{#- Last of the years that are added up with `year`; they are counted back from the last one. -#}
{% macro pool_end(year, last_year) -%}
    {{ last_year }}
    - ({{ last_year }} - {{ year }}) // {{ var("pooled_years") }} * {{ var("pooled_years") }}
{%- endmacro %}
