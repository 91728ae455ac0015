-- Guards figures that were checked by hand against their publication.
with expected (area_code, indicator_code, calendar_year, expected_value) as (
    values
    ('05162', 'overindebtedness_rate', 2021, 0.0904),
    ('05116', 'overindebtedness_rate', 2021, 0.1507),
    ('DE', 'overindebtedness_rate', 2021, 0.0886),
    ('05162', 'company_insolvencies', 2009, 281),
    ('05162024', 'population', 2015, 155414),
    ('05162', 'enterprises', 2014, 19779),
    ('05162', 'disposable_income_per_head', 2014, 23689)
)

select
    expected.area_code,
    expected.indicator_code,
    expected.calendar_year,
    expected.expected_value,
    published.indicator_value
from expected
left join {{ ref("pub_indicator_value") }} as published
    on
        expected.area_code = published.area_code
        and expected.indicator_code = published.indicator_code
        and expected.calendar_year = published.calendar_year
where
    published.indicator_value is null
    or abs(published.indicator_value - expected.expected_value) > 1e-12
