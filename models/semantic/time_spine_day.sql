with days as (
    {{ date_spine("1990-01-01", "2035-12-31") }}
),

final as (
    select day_on as calendar_day
    from days
)

select * from final
