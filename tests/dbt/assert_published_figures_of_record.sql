-- Guards figures that were checked by hand against their publication: each is one of
-- the states in which the figure was published. Holds in every city.
with expected (area_code, indicator_code, time_key, expected_value) as (
    values
    ('05162', 'overindebtedness_rate', '2021', 0.0904),
    ('05116', 'overindebtedness_rate', '2021', 0.1507),
    ('DE', 'overindebtedness_rate', '2021', 0.0886),
    ('05162', 'company_insolvencies', '2009', 281),
    ('05162024', 'population', '2015', 155414),
    ('05162', 'enterprises', '2014', 19779),
    ('05162', 'disposable_income_per_head', '2014', 23689)
),

published as (
    select
        areas.area_code,
        vintages.indicator_code,
        vintages.time_key,
        vintages.indicator_value
    from {{ ref("fct_indicator_vintage") }} as vintages
    inner join {{ ref("dim_area") }} as areas on vintages.area_key = areas.area_key
)

select
    expected.area_code,
    expected.indicator_code,
    expected.time_key,
    expected.expected_value
from expected
left join published
    on
        expected.area_code = published.area_code
        and expected.indicator_code = published.indicator_code
        and expected.time_key = published.time_key
        and abs(published.indicator_value - expected.expected_value) <= 1e-12
where published.indicator_value is null
