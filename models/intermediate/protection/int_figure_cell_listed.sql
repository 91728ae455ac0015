with vintages as (
    select * from {{ ref("int_measure_vintage_selected") }}
    where known_to_on is null and measure_value is not null
),

measures as (
    select * from {{ ref("stg_register__measures") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where is_listed
),

-- Companies are counted one by one: `int_company_cell_counted`.
company_measures as (
    select * from {{ ref("catalogue_company_measure") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

levels as (
    select * from {{ ref("code_area_level") }}
),

parts_of_indicators as (
    select
        numerator_measure_code as measure_code,
        protection_rule
    from indicators
    union all
    select
        denominator_measure_code as measure_code,
        protection_rule
    from indicators
    where denominator_measure_code is not null
),

-- What is shown as an indicator, or as a part of a whole.
shown_measures as (
    select
        measures.measure_code,
        units.protected_unit,
        coalesce(bool_or(parts_of_indicators.protection_rule = 'official'), false)
            as is_official
    from measures
    inner join units on measures.unit_code = units.unit_code
    left join parts_of_indicators
        on
            measures.measure_code = parts_of_indicators.measure_code
            or measures.parent_measure_code = parts_of_indicators.measure_code
    left join company_measures on measures.measure_code = company_measures.measure_code
    where
        (parts_of_indicators.measure_code is not null or measures.is_complete_breakdown)
        and company_measures.measure_code is null
    group by measures.measure_code, units.protected_unit
),

-- Municipalities and what lies within them: of larger areas nothing is small.
small_areas as (
    select areas.area_code
    from areas
    inner join levels on areas.area_level = levels.area_level
    inner join levels as municipalities
        on
            municipalities.area_level = 'municipality'
            and levels.level_rank <= municipalities.level_rank
),

final as (
    select
        {{ cell_id(
            "vintages.measure_code",
            "vintages.area_code",
            "cast(vintages.calendar_year as varchar)",
        ) }} as cell_id,
        vintages.measure_code,
        vintages.area_code,
        vintages.calendar_year,
        vintages.measure_value as cell_value,
        -- What official statistics published everyone knows.
        case
            when
                shown_measures.is_official
                and vintages.provenance_code != 'synthetic'
                then 'official'
            else shown_measures.protected_unit
        end as table_code
    from vintages
    inner join shown_measures on vintages.measure_code = shown_measures.measure_code
    inner join small_areas on vintages.area_code = small_areas.area_code
    where
        shown_measures.protected_unit is not null
        and vintages.measure_value >= 0
)

select * from final
