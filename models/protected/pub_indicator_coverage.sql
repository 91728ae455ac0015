with figures as (
    select * from {{ ref("pub_indicator_value") }}
),

counted as (
    select
        audience_code,
        indicator_code,
        indicator_name,
        chapter_name,
        indicator_order,
        period_start_on,
        calendar_year,
        count(*) as expected_count,
        -- What is kept secret is not missing.
        count(case when indicator_value is not null or conf_status != 'F' then 1 end)
            as figure_count,
        count(case when conf_status != 'F' then 1 end) as secret_count,
        count(case when indicator_value is null and conf_status = 'F' then 1 end)
            as missing_count,
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
