-- Guards that in every area of every level, industry and class the companies at the end
-- of a year are those of the year before, with births, moves in and out, deaths and
-- changes of class. A cell that vanishes without an event is found too.
with dynamics as (
    select
        *,
        cast(time_key as integer) as calendar_year,
        max(cast(time_key as integer)) over () as last_year
    from {{ ref("fct_business_dynamics") }}
),

entries as (
    select
        area_key,
        industry_code,
        class_kind,
        class_code,
        calendar_year,
        company_count - birth_count + death_count - move_in_count + move_out_count
        - reclassified_count as entry_count
    from dynamics
    where birth_count is not null
    union all
    select
        area_key,
        industry_code,
        class_kind,
        class_code,
        calendar_year + 1 as calendar_year,
        -company_count as entry_count
    from dynamics
    where calendar_year < last_year
)

select
    area_key,
    industry_code,
    class_kind,
    class_code,
    calendar_year,
    sum(entry_count) as unexplained_count
from entries
group by area_key, industry_code, class_kind, class_code, calendar_year
having sum(entry_count) != 0
