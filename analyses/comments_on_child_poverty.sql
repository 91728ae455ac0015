-- What do the experts say about the areas with the highest child poverty? The ten
-- highest rates of the latest year, with the comments that hold today on the area or
-- one above it within the city; areas without a comment stay in the list.
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

city_areas as (
    select
        areas.area_key,
        areas.area_name
    from {{ ref("dim_area") }} as areas
    inner join hierarchy on areas.area_key = hierarchy.descendant_area_key
    inner join {{ ref("dim_area") }} as city
        on hierarchy.ancestor_area_key = city.area_key
    where
        city.area_code = '{{ var("city_code") }}'
        and city.is_current
        and hierarchy.step_count > 0
),

highest as (
    select
        city_areas.area_key,
        city_areas.area_name,
        facts.time_key,
        facts.indicator_value
    from facts
    inner join city_areas on facts.area_key = city_areas.area_key
    inner join {{ ref("dim_district") }} as districts
        on facts.area_key = districts.area_key
    order by facts.indicator_value desc
    limit 10
),

final as (
    select
        highest.area_name,
        highest.time_key as calendar_year,
        round(highest.indicator_value, 3) as child_poverty,
        commented.area_name as comment_about,
        indicators.indicator_name as comment_on,
        comments.comment_kind_name,
        comments.author_role,
        comments.valid_from_on,
        comments.comment_title,
        comments.comment_text
    from highest
    left join (
        hierarchy
        inner join comments on hierarchy.ancestor_area_key = comments.area_key
        inner join city_areas as commented on comments.area_key = commented.area_key
    ) on highest.area_key = hierarchy.descendant_area_key
    left join indicators on comments.indicator_code = indicators.indicator_code
)

select * from final
order by child_poverty desc, area_name asc, valid_from_on asc
