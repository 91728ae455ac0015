-- Guards what may be shown of former values: nothing of areas within a municipality,
-- only figures that need no protection, and the state of today is what is published.
with vintages as (
    select * from {{ ref("pub_indicator_vintage") }}
),

shown as (
    select * from {{ ref("pub_indicator_value") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

compared as (
    select
        vintages.area_code,
        vintages.state_name,
        vintages.municipality_code,
        vintages.shown_value,
        indicators.protection_rule,
        shown.indicator_value * shown.display_factor as present_value
    from vintages
    inner join indicators on vintages.indicator_code = indicators.indicator_code
    left join shown
        on
            vintages.audience_code = shown.audience_code
            and vintages.area_code = shown.area_code
            and vintages.indicator_code = shown.indicator_code
            and vintages.calendar_year = shown.calendar_year
),

final as (
    select * from compared
    where
        municipality_code is not null
        or protection_rule != 'official'
        or present_value is null
        or (state_name = 'heute' and shown_value is distinct from present_value)
)

select * from final
