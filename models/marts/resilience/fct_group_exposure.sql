with released as (
    select * from {{ ref("fct_released_group") }}
),

exposures as (
    select * from {{ ref("fct_hazard_exposure") }}
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
    where is_current_edition
),

hierarchy as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

districts as (
    select * from {{ ref("dim_district") }}
),

-- Of a part that is secret only its surface is used. Fractions are added in one order:
-- else their last digit would change from build to build.
summed as (
    select
        wholes.audience_code,
        wholes.area_key,
        maps.hazard_map_key,
        wholes.group_code,
        count(*) - count(parts.group_value) as secret_count,
        coalesce(sum(parts.group_value), 0) as free_value,
        coalesce(
            sum(
                parts.group_value * exposures.surface_share order by exposures.area_key
            ),
            0
        ) as free_exposed_value,
        coalesce(
            sum(exposures.inside_km2 order by exposures.area_key)
            filter (where parts.group_value is null),
            0
        ) as secret_inside_km2,
        sum(exposures.surface_km2 order by exposures.area_key)
        filter (where parts.group_value is null) as secret_surface_km2
    from released as wholes
    cross join maps
    inner join hierarchy on wholes.area_key = hierarchy.ancestor_area_key
    inner join districts on hierarchy.descendant_area_key = districts.area_key
    inner join exposures
        on
            districts.area_key = exposures.area_key
            and maps.hazard_map_key = exposures.hazard_map_key
    left join released as parts
        on
            wholes.audience_code = parts.audience_code
            and districts.area_key = parts.area_key
            and wholes.group_code = parts.group_code
    group by all
),

-- The released whole without its released parts lives somewhere in the secret ones.
final as (
    select
        summed.audience_code,
        summed.area_key,
        summed.hazard_map_key,
        summed.group_code,
        wholes.time_key,
        wholes.conf_status,
        wholes.group_value,
        exposures.surface_km2,
        exposures.inside_km2,
        exposures.surface_share,
        case
            when 'synthetic' in (wholes.provenance_code, exposures.provenance_code)
                then 'synthetic'
            else 'estimated'
        end as provenance_code,
        case
            when wholes.group_value is null then null
            when summed.secret_count = 0 then summed.free_exposed_value
            else
                summed.free_exposed_value
                + greatest(wholes.group_value - summed.free_value, 0)
                * summed.secret_inside_km2 / summed.secret_surface_km2
        end as exposed_value
    from summed
    inner join released as wholes
        on
            summed.audience_code = wholes.audience_code
            and summed.area_key = wholes.area_key
            and summed.group_code = wholes.group_code
    -- An area has an exposure only where all its parts have borders.
    inner join exposures
        on
            summed.area_key = exposures.area_key
            and summed.hazard_map_key = exposures.hazard_map_key
)

select * from final
