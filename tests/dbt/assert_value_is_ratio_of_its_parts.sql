-- Guards that every value is its numerator times factor over its denominator (or the
-- count itself), and that a row has either a value or the reason why there is none.
select
    area_key,
    time_key,
    indicator_code
from {{ ref("fct_indicator_value") }}
where
    (indicator_value is null) != (missing_reason_code is not null)
    or (indicator_value is null) != (obs_status in ('O', 'M', 'L', 'Q'))
    or (
        denominator is not null
        and abs(indicator_value - numerator * ratio_factor / denominator) > 1e-12
    )
    or (denominator is null and numerator != indicator_value)
