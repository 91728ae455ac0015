{%- set spans = [1, 3, 5, 10] %}
{%- set subjects = ["company", "employee"] %}

with years as (
    select
        *,
        cast(period as integer) as calendar_year
    from {{ ref("fct_company_balance") }}
    where length(period) = 4
),

followed as (
    select
        *,
        {%- for span in spans %}
            {%- for subject in subjects %}
                max({{ subject }}_count) over ago_{{ span }}
                    as {{ subject }}_count_{{ span }}_years_ago
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from years
    window
        {% for span in spans -%}
            ago_{{ span }} as (
                partition by audience_code, area_key, breakdown, class_code
                order by calendar_year
                range between {{ span }} preceding and {{ span }} preceding
            )
            {%- if not loop.last %},{% endif %}
        {% endfor %}
),

final as (
    select
        audience_code,
        area_key,
        breakdown,
        class_code,
        period as time_key,
        {%- for span in spans %}
            {%- for subject in subjects %}
                {{ subject }}_count_{{ span }}_years_ago,
                {{ growth_per_year(
                    subject ~ "_count",
                    subject ~ "_count_" ~ span ~ "_years_ago",
                    span
                ) }} as {{ subject }}_growth_{{ span }}y
                {%- if not loop.last %},{% endif %}
            {%- endfor %}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from followed
)

select * from final
