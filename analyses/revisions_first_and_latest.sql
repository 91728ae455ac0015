-- Which values were revised after their first publication, when, and by how much?
with vintages as (
    select * from {{ ref("fct_indicator_vintage") }}
    where indicator_value is not null
),

areas as (
    select * from {{ ref("dim_area") }}
),

final as (
    select
        areas.area_name,
        vintages.indicator_code,
        vintages.time_key as calendar_year,
        min(vintages.known_from_on) as first_published_on,
        max(vintages.known_from_on) as last_revised_on,
        count(*) - 1 as revision_count,
        min_by(vintages.indicator_value, vintages.known_from_on) as first_value,
        max_by(vintages.indicator_value, vintages.known_from_on) as latest_value,
        max_by(vintages.indicator_value, vintages.known_from_on)
        / nullif(min_by(vintages.indicator_value, vintages.known_from_on), 0) - 1
            as relative_revision
    from vintages
    inner join areas on vintages.area_key = areas.area_key
    group by areas.area_name, vintages.indicator_code, vintages.time_key
    having count(*) > 1
)

select * from final
order by
    abs(relative_revision) desc, area_name asc, indicator_code asc, calendar_year asc
