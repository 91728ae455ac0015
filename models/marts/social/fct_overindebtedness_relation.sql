with figures as (
    select * from {{ ref("fct_overindebtedness_comparison") }}
    where
        breakdown = 'total'
        and overindebtedness_rate is not null
        and related_rate is not null
),

areas as (
    select * from {{ ref("dim_area") }}
),

correlated as (
    select
        figures.audience_code,
        areas.municipality_code,
        areas.area_level,
        figures.time_key,
        figures.related_indicator_code,
        count(*) as area_count,
        corr(figures.overindebtedness_rate, figures.related_rate)
            as correlation_coefficient
    from figures
    inner join areas on figures.area_key = areas.area_key
    where areas.municipality_code is not null
    group by all
),

-- Fisher's z; an interval of fewer than ten areas would say nothing.
final as (
    select
        audience_code,
        municipality_code,
        area_level,
        time_key,
        related_indicator_code,
        area_count,
        round(correlation_coefficient, 6) as correlation_coefficient,
        {% for name, sign in [("low", "-"), ("high", "+")] -%}
            case
                when area_count >= 10 and abs(correlation_coefficient) < 1
                    then round(
                        tanh(
                            atanh(correlation_coefficient)
                            {{ sign }} 1.959964 / sqrt(area_count - 3)
                        ),
                        6
                    )
            end as correlation_{{ name }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from correlated
    where area_count >= 4
)

select * from final
