-- Guards that a delivered figure is empty exactly when its status says so.
select
    area_code,
    period_code,
    measure_code,
    status_code,
    published_value
from {{ ref("stg_official__figures") }}
where (published_value is null) != (status_code in ('O', 'M', 'L', 'Q'))
