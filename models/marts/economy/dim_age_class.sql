with classes as (
    select * from {{ ref("code_company_class") }}
    where class_kind = 'age'
),

final as (
    select
        class_code as age_class_code,
        name_de as age_class_name,
        name_en as age_class_name_en,
        class_order as age_class_order,
        from_value as age_from_years,
        below_value as age_below_years
    from classes
)

select * from final
