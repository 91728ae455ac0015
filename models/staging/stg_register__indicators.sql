with product_indicators as (
    select * from {{ ref("catalogue_indicator") }}
),

delivered_indicators as (
    select * from {{ ref("stg_delivery__indicators") }}
),

united as (
    select
        *,
        changed_on as state_on,
        true as is_listed
    from product_indicators
    union all by name
    -- The product's definitions hold everywhere; a city adds to them.
    select delivered_indicators.*
    from delivered_indicators
    left join product_indicators
        on delivered_indicators.indicator_code = product_indicators.indicator_code
    where product_indicators.indicator_code is null
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
        state_on,
        is_listed,
        cast(indicator_order as integer) as indicator_order,
        cast(decimals as integer) as decimals,
        cast(direction as integer) as direction,
        cast(reporting_lag_months as integer) as reporting_lag_months,
        coalesce(name_en, name_de) as name_en
    from united
)

select * from final
