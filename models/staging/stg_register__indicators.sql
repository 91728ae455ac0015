with product_indicators as (
    {{ product_state("catalogue_indicator", ["indicator_code"]) }}
),

delivered_indicators as (
    select * from {{ ref("stg_delivery__indicators") }}
),

-- The product's definitions hold everywhere; a city adds to them, and may go on with
-- what the product has ended.
united as (
    select
        *,
        changed_on as state_on,
        1 as precedence
    from product_indicators
    union all by name
    select
        *,
        2 as precedence
    from delivered_indicators
),

final as (
    select
        indicator_code,
        chapter_code,
        is_headline,
        name_de,
        unit_code,
        value_kind,
        numerator_measure_code,
        denominator_measure_code,
        definition_de,
        note_de,
        protection_rule,
        is_listed,
        cast(indicator_order as integer) as indicator_order,
        cast(decimals as integer) as decimals,
        cast(direction as integer) as direction,
        cast(reporting_lag_months as integer) as reporting_lag_months,
        coalesce(name_en, name_de) as name_en,
        max(state_on) over (partition by indicator_code) as state_on
    from united
    qualify row_number() over (
        partition by indicator_code order by is_listed desc, precedence asc
    ) = 1
)

select * from final
