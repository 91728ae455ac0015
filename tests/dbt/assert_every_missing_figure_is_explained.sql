-- Guards that what has no value among the published indicators, and is not secret, is
-- explained, and that nothing with a value is called missing.
select
    figures.area_code,
    figures.indicator_code,
    figures.calendar_year
from {{ ref("pub_indicator_value") }} as figures
left join {{ ref("pub_missing_figure") }} as explained
    on
        figures.audience_code = explained.audience_code
        and figures.area_code = explained.area_code
        and figures.indicator_code = explained.indicator_code
        and figures.calendar_year = explained.calendar_year
where
    (figures.indicator_value is null and figures.conf_status = 'F')
    != (explained.explanation is not null)
