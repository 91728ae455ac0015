with figures as (
    select * from {{ ref("pub_indicator_value") }}
),

counted as (
    select
        indicator_code,
        indicator_name,
        chapter_name,
        indicator_order,
        period_start_on,
        calendar_year,
        conf_status,
        count(*) as expected_count,
        count(indicator_value) as figure_count,
        count(*) - count(indicator_value) as missing_count,
        count(case when is_revised then 1 end) as revised_count
    from figures
    group by all
),

final as (
    select
        *,
        cast(calendar_year as varchar) as year_name,
        figure_count / expected_count as coverage_share,
        cast(figure_count as varchar)
        || ' von ' || cast(expected_count as varchar) as coverage_text
    from counted
)

select * from final
order by indicator_code, calendar_year
