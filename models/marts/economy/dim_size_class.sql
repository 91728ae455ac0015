with classes as (
    select * from {{ ref("code_company_class") }}
    where class_kind = 'size'
),

final as (
    select
        class_code as size_class_code,
        name_de as size_class_name,
        name_en as size_class_name_en,
        class_order as size_class_order,
        from_value as employees_from,
        below_value as employees_below
    from classes
)

select * from final
