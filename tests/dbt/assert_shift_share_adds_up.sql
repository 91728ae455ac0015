-- Guards that what follows from the whole, from the mix of industries and from the area
-- itself adds up to the change of every industry, and is there whenever that is known.
select
    area_key,
    time_key,
    industry_code,
    company_count - former_count as change_count,
    whole_effect + mix_effect + regional_effect as explained_count
from {{ ref("fct_industry_position") }}
where
    (change_count is null) != (regional_effect is null)
    or abs(change_count - explained_count) > 1e-6
