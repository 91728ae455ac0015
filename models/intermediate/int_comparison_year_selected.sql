with calculated as (
    select * from {{ ref("int_indicator_value_calculated") }}
),

yearly_coverage as (
    select
        indicator_code,
        calendar_year,
        count(indicator_value) as area_count,
        coalesce(
            bool_or(
                area_code = '{{ var("city_code") }}' and indicator_value is not null
            ),
            false
        ) as has_city,
        max(count(indicator_value)) over (partition by indicator_code) as most_areas
    from calculated
    group by indicator_code, calendar_year
),

-- Three quarters of the best year: a handful of early figures is no comparison yet.
-- Years in which the city itself has a figure go first.
ranked as (
    select
        *,
        row_number() over (
            partition by indicator_code order by has_city desc, calendar_year desc
        ) as preference
    from yearly_coverage
    where area_count * 4 >= most_areas * 3
),

final as (
    select
        indicator_code,
        calendar_year
    from ranked
    where preference = 1
)

select * from final
