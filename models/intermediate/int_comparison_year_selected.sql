with calculated as (
    select * from {{ ref("int_indicator_value_calculated") }}
),

yearly_coverage as (
    select
        indicator_code,
        calendar_year,
        count(indicator_value) as area_count,
        max(count(indicator_value)) over (partition by indicator_code) as most_areas
    from calculated
    group by indicator_code, calendar_year
),

-- Three quarters of the best year: a handful of early figures is no comparison yet.
final as (
    select
        indicator_code,
        max(calendar_year) as calendar_year
    from yearly_coverage
    where area_count * 4 >= most_areas * 3
    group by indicator_code
)

select * from final
