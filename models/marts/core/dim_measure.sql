with measures as (
    select * from {{ ref("stg_register__measures") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

final as (
    select
        measures.measure_code,
        measures.name_de as measure_name,
        measures.name_en as measure_name_en,
        measures.unit_code,
        units.name_de as unit_name,
        measures.reference as reference_type,
        measures.is_additive,
        measures.parent_measure_code,
        measures.breakdown,
        measures.breakdown_code,
        measures.is_complete_breakdown,
        measures.note_de as note_text
    from measures
    inner join units on measures.unit_code = units.unit_code
)

select * from final
