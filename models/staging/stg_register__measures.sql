with product_measures as (
    select * from {{ ref("catalogue_measure") }}
),

delivered_measures as (
    select * from {{ ref("stg_delivery__measures") }}
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
),

-- A measure only an indicator speaks of is what the indicator says. The unit of a ratio
-- is that of the quotient: its parts are counted as they are.
indicator_parts as (
    select
        indicator_code,
        numerator_measure_code as measure_code,
        case when value_kind = 'ratio' then 'cases' else unit_code end as unit_code,
        name_de,
        name_en,
        value_kind = 'count' as is_additive
    from indicators
    where is_listed
    union all
    select
        indicator_code,
        denominator_measure_code as measure_code,
        'cases' as unit_code,
        name_de || ' (Bezugsgröße)' as name_de,
        name_en || ' (base)' as name_en,
        false as is_additive
    from indicators
    where is_listed and denominator_measure_code is not null
),

implied_measures as (
    select
        measure_code,
        unit_code,
        'year_sum' as reference,
        name_de,
        name_en,
        is_additive
    from indicator_parts
    qualify row_number() over (
        partition by measure_code order by is_additive desc, indicator_code asc
    ) = 1
),

ranked as (
    select
        *,
        1 as precedence
    from product_measures
    union all by name
    select
        *,
        2 as precedence
    from delivered_measures
    union all by name
    select
        *,
        3 as precedence
    from implied_measures
),

final as (
    select
        measure_code,
        name_de,
        unit_code,
        reference,
        is_additive,
        parent_measure_code,
        breakdown,
        breakdown_code,
        sum_of,
        calculated_from,
        note_de,
        coalesce(name_en, name_de) as name_en,
        coalesce(is_complete_breakdown, false) as is_complete_breakdown,
        coalesce(crosswalk_basis, 'population') as crosswalk_basis
    from ranked
    qualify row_number() over (partition by measure_code order by precedence) = 1
)

select * from final
