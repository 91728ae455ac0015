with measures as (
    {{ register_state("measure", ["measure_code"]) }}
),

final as (
    select
        measure_code,
        name_de,
        name_en,
        unit_code,
        reference,
        is_additive,
        parent_measure_code,
        breakdown,
        breakdown_code,
        is_complete_breakdown,
        sum_of,
        calculated_from,
        note_de,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from measures
)

select * from final
