with measures as (
    select * from {{ ref("int_topic_measure_listed") }}
    where topic_code = 'debtor_types'
),

final as (
    select
        parts.breakdown_code as debtor_type_code,
        parts.part_name as debtor_type_name,
        parts.measure_code,
        parts.step_count = 1 as is_group,
        coalesce(debtor_groups.breakdown_code, parts.breakdown_code)
            as debtor_group_code,
        coalesce(debtor_groups.part_name, parts.part_name) as debtor_group_name
    from measures as parts
    left join measures as debtor_groups
        on
            parts.parent_measure_code = debtor_groups.measure_code
            and debtor_groups.step_count = 1
    where parts.step_count > 0
)

select * from final
