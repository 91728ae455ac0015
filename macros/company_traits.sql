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
