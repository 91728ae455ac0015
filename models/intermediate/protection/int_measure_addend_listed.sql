with measures as (
    select * from {{ ref("stg_register__measures") }}
),

sums as (
    select
        measure_code,
        generate_subscripts(string_split(sum_of, ';'), 1) as sum_number,
        string_split(unnest(string_split(sum_of, ';')), '+') as addends
    from measures
    where sum_of is not null
),

final as (
    select
        parent_measure_code as measure_code,
        measure_code as addend_code,
        'Teile nach ' || breakdown as rule_name,
        count(*) over (partition by parent_measure_code, breakdown) as addend_count
    from measures
    where is_complete_breakdown
    union all
    select
        measure_code,
        trim(unnest(addends)) as addend_code,
        'Summe ' || sum_number as rule_name,
        len(addends) as addend_count
    from sums
)

select * from final
