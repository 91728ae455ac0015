with calculated as (
    select * from {{ ref("int_indicator_value_calculated") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

ancestors as (
    select * from {{ ref("int_area_ancestor_resolved") }}
),

-- The city, and the district around it where one is: some figures stop there.
home_areas as (
    select areas.area_code
    from ancestors
    inner join areas on ancestors.ancestor_area_code = areas.area_code
    where
        ancestors.descendant_area_code = '{{ var("city_code") }}'
        and (ancestors.step_count = 0 or areas.area_level = 'county')
),

yearly_coverage as (
    select
        calculated.indicator_code,
        calculated.is_city_part,
        calculated.calendar_year,
        count(calculated.indicator_value) as area_count,
        max(count(calculated.indicator_value)) over (
            partition by calculated.indicator_code, calculated.is_city_part
        ) as most_areas,
        count(
            case
                when home_areas.area_code is not null then calculated.indicator_value
            end
        ) as home_area_count
    from calculated
    left join home_areas on calculated.area_code = home_areas.area_code
    group by
        calculated.indicator_code, calculated.is_city_part, calculated.calendar_year
),

-- The parts of the city are compared among themselves. Three quarters of the best
-- year: a handful of early figures is no comparison yet. A comparison without the city
-- is none either, as long as there is a year with it.
final as (
    select
        indicator_code,
        is_city_part,
        calendar_year
    from yearly_coverage
    where area_count * 4 >= most_areas * 3
    qualify row_number() over (
        partition by indicator_code, is_city_part
        order by home_area_count > 0 desc, calendar_year desc
    ) = 1
)

select * from final
