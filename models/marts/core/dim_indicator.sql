with indicators as (
    select * from {{ ref("stg_register__indicators") }}
    where is_listed
),

chapters as (
    select * from {{ ref("catalogue_chapter") }}
),

units as (
    select * from {{ ref("catalogue_unit") }}
),

measures as (
    select * from {{ ref("stg_register__measures") }}
),

final as (
    select
        indicators.indicator_code,
        indicators.name_de as indicator_name,
        indicators.name_en as indicator_name_en,
        indicators.chapter_code,
        chapters.name_de as chapter_name,
        indicators.unit_code,
        units.name_de as unit_name,
        units.symbol_de as unit_symbol,
        units.change_unit_de as change_unit,
        indicators.value_kind,
        indicators.numerator_measure_code,
        indicators.denominator_measure_code,
        numerators.name_de as numerator_name,
        denominators.name_de as denominator_name,
        numerators.reference as reference_type,
        indicators.definition_de as definition_text,
        indicators.note_de as note_text,
        indicators.protection_rule,
        indicators.direction,
        indicators.decimals,
        indicators.is_headline,
        indicators.reporting_lag_months,
        units.ratio_factor,
        units.display_factor,
        units.is_relative_change,
        units.relevant_change,
        chapters.is_social_report,
        case indicators.direction
            when 1 then 'mehr ist günstig'
            when -1 then 'mehr ist ungünstig'
            else 'ohne Wertung'
        end as direction_name,
        chapters.chapter_order * 100 + indicators.indicator_order as indicator_order,
        indicators.value_kind != 'published' as is_additive,
        coalesce(numerator_units.is_count and denominator_units.is_count, false)
            as has_counts,
        {{ is_withheld("indicators.indicator_code") }} as is_withheld
    from indicators
    inner join chapters on indicators.chapter_code = chapters.chapter_code
    inner join units on indicators.unit_code = units.unit_code
    inner join measures as numerators
        on indicators.numerator_measure_code = numerators.measure_code
    inner join units as numerator_units
        on numerators.unit_code = numerator_units.unit_code
    left join measures as denominators
        on indicators.denominator_measure_code = denominators.measure_code
    left join units as denominator_units
        on denominators.unit_code = denominator_units.unit_code
)

select * from final
