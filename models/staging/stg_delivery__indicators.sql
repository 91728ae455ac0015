with indicators as (
    {{ register_state("indicator", ["indicator_code"]) }}
),

final as (
    select
        indicator_code,
        chapter_code,
        indicator_order,
        is_headline,
        name_de,
        name_en,
        unit_code,
        decimals,
        direction,
        value_kind,
        numerator_measure_code,
        denominator_measure_code,
        definition_de,
        note_de,
        reporting_lag_months,
        protection_rule,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from indicators
)

select * from final
