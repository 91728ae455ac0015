with classes as (
    select * from {{ ref("code_company_class") }}
    where class_kind = 'legal_form'
),

final as (
    select
        class_code as legal_form_code,
        name_de as legal_form_name,
        name_en as legal_form_name_en,
        class_order as legal_form_order
    from classes
)

select * from final
