with classes as (
    select * from {{ ref("code_company_class") }}
),

final as (
    select
        class_kind,
        class_code,
        name_de as class_name,
        name_en as class_name_en,
        class_order
    from classes
)

select * from final
