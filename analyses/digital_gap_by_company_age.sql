-- Are companies that sell to companies more digital than those that sell to people, and
-- does it depend on their age?
with scores as (
    select facts.*
    from {{ ref("fct_digital_company") }} as facts
    inner join {{ ref("dim_area") }} as areas on facts.area_key = areas.area_key
    where
        areas.area_code = '{{ var("city_code") }}'
        and facts.industry_code = 'total'
        and facts.age_class_code != 'all'
),

age_classes as (
    select * from {{ ref("dim_age_class") }}
),

final as (
    select
        b2b.time_key,
        age_classes.age_class_name,
        b2b.digital_known_count as b2b_count,
        b2c.digital_known_count as b2c_count,
        b2b.mean_digital_score as b2b_score,
        b2c.mean_digital_score as b2c_score,
        b2b.mean_digital_score - b2c.mean_digital_score as score_gap,
        b2b.interaction_score_sum / nullif(b2b.interaction_known_count, 0)
        - b2c.interaction_score_sum / nullif(b2c.interaction_known_count, 0)
            as interaction_gap
    from scores as b2b
    inner join scores as b2c
        on
            b2b.time_key = b2c.time_key
            and b2b.age_class_code = b2c.age_class_code
    inner join age_classes on b2b.age_class_code = age_classes.age_class_code
    where b2b.customer_code = 'b2b' and b2c.customer_code = 'b2c'
    order by b2b.time_key asc, age_classes.age_class_order asc
)

select * from final
