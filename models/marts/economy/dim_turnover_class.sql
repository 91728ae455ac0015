with classes as (
    select * from {{ ref("code_company_class") }}
    where class_kind = 'turnover'
),

final as (
    select
        class_code as turnover_class_code,
        name_de as turnover_class_name,
        name_en as turnover_class_name_en,
        class_order as turnover_class_order,
        from_value as turnover_from_eur,
        below_value as turnover_below_eur
    from classes
)

select * from final
