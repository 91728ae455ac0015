-- Guards the unit of shares: 0 to 1, never 0 to 100. Deregistrations per registration
-- are a quotient of flows and may exceed 1; a change of a stock may be negative.
select
    facts.area_key,
    facts.time_key,
    facts.indicator_code,
    facts.indicator_value
from {{ ref("fct_indicator_value") }} as facts
inner join {{ ref("dim_indicator") }} as indicators
    on facts.indicator_code = indicators.indicator_code
where
    indicators.unit_code = 'percent'
    and (
        facts.indicator_value > 2
        or (facts.indicator_value < 0 and coalesce(facts.numerator, 0) >= 0)
    )
