-- How has the structure of the city's companies by age and legal form changed?
with dynamics as (
    select facts.*
    from {{ ref("fct_business_dynamics") }} as facts
    inner join {{ ref("dim_area") }} as areas on facts.area_key = areas.area_key
    where
        areas.area_code = '{{ var("city_code") }}'
        and facts.industry_code = 'total'
        and facts.class_kind in ('age', 'legal_form')
),

classes as (
    select * from {{ ref("dim_company_class") }}
),

shares as (
    select
        class_kind,
        class_code,
        time_key,
        company_count,
        company_count / sum(company_count) over (
            partition by class_kind, time_key
        ) as company_share
    from dynamics
),

final as (
    select
        classes.class_kind,
        classes.class_name,
        min(shares.time_key) as first_year,
        max(shares.time_key) as last_year,
        min_by(shares.company_count, shares.time_key) as first_count,
        max_by(shares.company_count, shares.time_key) as last_count,
        min_by(shares.company_share, shares.time_key) as first_share,
        max_by(shares.company_share, shares.time_key) as last_share
    from shares
    inner join classes
        on
            shares.class_kind = classes.class_kind
            and shares.class_code = classes.class_code
    group by classes.class_kind, classes.class_name, classes.class_order
    order by classes.class_kind asc, classes.class_order asc
)

select * from final
