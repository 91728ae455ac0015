-- What do the experts say about the areas of highest child poverty? The ten highest
-- rates of the latest year beside the comments that hold today on the area or on one
-- above it in the city; areas no one commented on stay in the list.
with facts as (
    select * from {{ ref("fct_indicator_value") }}
    where indicator_code = 'child_poverty' and indicator_value is not null
    qualify time_key = max(time_key) over ()
),

comments as (
    select * from {{ ref("fct_commentary") }}
    where is_current and industry_code is null
),

hierarchy as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

-- The city and what lies in it.
city_areas as (
    select
        hierarchy.descendant_area_key as area_key,
        areas.area_name
    from hierarchy
    inner join areas on hierarchy.descendant_area_key = areas.area_key
    inner join areas as cities on hierarchy.ancestor_area_key = cities.area_key
    where cities.area_code = '{{ var("city_code") }}'
),

-- A comment on an area is one on all areas within it, but the city's are no news here.
comments_by_area as (
    select
        comments.* exclude (area_key),
        hierarchy.descendant_area_key as area_key,
        city_areas.area_name as comment_about
    from comments
    inner join city_areas on comments.area_key = city_areas.area_key
    inner join hierarchy on comments.area_key = hierarchy.ancestor_area_key
    where comments.area_code != '{{ var("city_code") }}'
),

highest as (
    select
        districts.area_key,
        districts.area_name,
        facts.time_key,
        facts.indicator_value
    from facts
    inner join {{ ref("dim_district") }} as districts
        on facts.area_key = districts.area_key
    where districts.is_city
    order by facts.indicator_value desc
    limit 10
),

final as (
    select
        highest.area_name,
        highest.time_key as calendar_year,
        comments_by_area.comment_about,
        indicators.indicator_name as comment_on,
        comments_by_area.comment_kind_name,
        comments_by_area.author_role,
        comments_by_area.valid_from_on,
        comments_by_area.comment_title,
        comments_by_area.comment_text,
        round(highest.indicator_value, 3) as child_poverty
    from highest
    left join comments_by_area on highest.area_key = comments_by_area.area_key
    left join indicators
        on comments_by_area.indicator_code = indicators.indicator_code
)

select * from final
order by child_poverty desc, area_name asc, valid_from_on asc
