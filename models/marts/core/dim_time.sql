with days as (
    {{ date_spine("1950-01-01", "2060-12-31") }}
),

calendar_periods as (
    select distinct
        cast(extract(year from day_on) as integer) as calendar_year,
        cast(extract(quarter from day_on) as integer) as quarter_number,
        cast(extract(month from day_on) as integer) as month_number
    from days
),

years as (
    select distinct
        cast(calendar_year as varchar) as time_key,
        'year' as granularity,
        cast(calendar_year as varchar) as period_name,
        calendar_year,
        1 as start_month,
        12 as month_count
    from calendar_periods
),

half_years as (
    select distinct
        cast(calendar_year as varchar)
        || '-H' || case when month_number <= 6 then '1' else '2' end as time_key,
        'half_year' as granularity,
        case when month_number <= 6 then '1' else '2' end
        || '. Halbjahr ' || cast(calendar_year as varchar) as period_name,
        calendar_year,
        case when month_number <= 6 then 1 else 7 end as start_month,
        6 as month_count
    from calendar_periods
),

quarters as (
    select distinct
        cast(calendar_year as varchar)
        || '-Q' || cast(quarter_number as varchar) as time_key,
        'quarter' as granularity,
        cast(quarter_number as varchar)
        || '. Quartal ' || cast(calendar_year as varchar) as period_name,
        calendar_year,
        quarter_number * 3 - 2 as start_month,
        3 as month_count
    from calendar_periods
),

months as (
    select
        cast(calendar_year as varchar)
        || '-' || lpad(cast(month_number as varchar), 2, '0') as time_key,
        'month' as granularity,
        lpad(cast(month_number as varchar), 2, '0')
        || '.' || cast(calendar_year as varchar) as period_name,
        calendar_year,
        month_number as start_month,
        1 as month_count
    from calendar_periods
),

spans as (
    select * from years
    union all
    select * from half_years
    union all
    select * from quarters
    union all
    select * from months
),

final as (
    select
        time_key,
        granularity,
        period_name,
        calendar_year,
        make_date(calendar_year, start_month, 1) as period_start_on,
        {{ last_day_of_month("calendar_year", "start_month + month_count - 1") }}
            as period_end_on
    from spans
    union all
    select
        cast(day_on as varchar) as time_key,
        'day' as granularity,
        {{ german_date("day_on") }} as period_name,
        cast(extract(year from day_on) as integer) as calendar_year,
        day_on as period_start_on,
        day_on as period_end_on
    from days
)

select * from final
