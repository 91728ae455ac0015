-- Texts of changes and distances are rounded: what is nought then has no sign.
{%- set texts = {
    "pub_company_balance": ["company_growth_text"],
    "pub_debtor_type": ["distance_text"],
    "pub_indicator_assessment": ["distance_text", "change_1y_text", "change_5y_text"],
    "pub_indicator_value": ["change_text", "distance_to_state_text"],
    "pub_industry_crisis": ["change_text"],
    "pub_industry_position": ["growth_text"],
    "pub_overindebtedness": ["change_text", "distance_to_city_text"],
} %}

with shown as (
    {%- for table, columns in texts.items() %}
        {%- for column in columns %}
            select
                '{{ table }}.{{ column }}' as column_name,
                {{ column }} as shown_text
            from {{ ref(table) }}
            {%- if not loop.last %} union all {% endif %}
        {%- endfor %}
        {%- if not loop.last %} union all {% endif %}
    {%- endfor %}
)

select distinct *
from shown
where regexp_matches(shown_text, '(^|[▲▼○] )[+−]0(,0+)?( |$)')
