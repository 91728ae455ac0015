with areas as (
    select areas.* from {{ ref("int_area_listed") }} as areas
    where areas.is_current and areas.geometry is not null
),

shapes as (
    select
        {{ area_key("areas") }} as area_key,
        areas.geometry ->> '$.type' as geometry_type,
        cast(areas.geometry -> '$.coordinates' as json) as coordinates
    from areas
),

-- A multipolygon is a list of polygons, a polygon a list of rings: the outer one first,
-- then holes.
polygons as (
    select
        area_key,
        unnest(
            case
                when geometry_type = 'MultiPolygon'
                    then cast(coordinates as json[])
                else [coordinates]
            end
        ) as rings
    from shapes
    where geometry_type in ('Polygon', 'MultiPolygon')
),

final as (
    select
        area_key,
        cast(
            row_number() over (
                partition by area_key
                order by json_array_length(rings -> 0) desc, cast(rings as varchar)
            ) as integer
        ) as part_number,
        '{"type":"Polygon","coordinates":' || cast(rings as varchar) || '}' as contour
    from polygons
)

select * from final
