-- Guards that every series has a row for every year between its first and its last, so
-- that a missing year is a gap on a chart and never a straight line over it.
select
    facts.area_key,
    facts.indicator_code,
    count(*) as row_count,
    min(periods.calendar_year) as first_year,
    max(periods.calendar_year) as last_year
from {{ ref("fct_indicator_value") }} as facts
inner join {{ ref("dim_time") }} as periods on facts.time_key = periods.time_key
group by facts.area_key, facts.indicator_code
having count(*) != max(periods.calendar_year) - min(periods.calendar_year) + 1
