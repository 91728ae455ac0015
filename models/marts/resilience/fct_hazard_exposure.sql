with covered as (
    select * from {{ ref("int_area_hazard_covered") }}
),

members as (
    select * from {{ ref("int_area_member_resolved") }}
),

residents as (
    select * from {{ ref("int_topic_figure_counted") }}
    where
        topic_code = 'residents'
        and step_count = 0
        and measure_value is not null
),

-- Maps are those of the city: of areas elsewhere they say nothing.
areas as (
    select areas.*
    from {{ ref("dim_area") }} as areas
    inner join {{ ref("bridge_area_hierarchy") }} as hierarchy
        on areas.area_key = hierarchy.descendant_area_key
    inner join {{ ref("dim_area") }} as cities
        on hierarchy.ancestor_area_key = cities.area_key
    where
        areas.is_current
        and cities.is_current
        and cities.area_code = '{{ var("city_code") }}'
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
),

facilities as (
    select
        area_key,
        hazard_map_key,
        cast(sum(facility_count) as bigint) as facility_count,
        cast(sum(inside_facility_count) as bigint) as inside_facility_count,
        cast(sum(inside_capacity) as bigint) as inside_capacity
    from {{ ref("fct_facility_exposure") }}
    group by area_key, hazard_map_key
),

latest_residents as (
    select
        area_code,
        period_code,
        provenance_code,
        measure_value
    from residents
    qualify row_number() over (
        partition by area_code order by calendar_year desc
    ) = 1
),

estimated as (
    select
        covered.*,
        maps.hazard_map_key,
        latest_residents.period_code,
        latest_residents.measure_value as resident_count,
        'synthetic' in (maps.provenance_code, latest_residents.provenance_code)
            as is_synthetic,
        latest_residents.measure_value * covered.inside_m2 / covered.surface_m2
            as exposed_resident_count
    from covered
    inner join maps
        on
            covered.scenario = maps.scenario
            and covered.edition = maps.edition
    left join latest_residents on covered.area_code = latest_residents.area_code
),

-- Areas that are the sum of others are so here too.
parts as (
    select
        area_code,
        area_code as member_area_code,
        1 as member_count
    from estimated
    group by area_code
    union all
    select
        area_code,
        member_area_code,
        member_count
    from members
),

summed as (
    select
        parts.area_code,
        estimated.hazard_map_key,
        max(estimated.period_code) as period_code,
        bool_or(estimated.is_synthetic) as is_synthetic,
        sum(estimated.surface_m2) as surface_m2,
        sum(estimated.inside_m2) as inside_m2,
        count(estimated.resident_count) = max(parts.member_count) as has_residents,
        sum(estimated.resident_count) as resident_count,
        sum(estimated.exposed_resident_count) as exposed_resident_count
    from parts
    inner join estimated on parts.member_area_code = estimated.area_code
    group by parts.area_code, estimated.hazard_map_key
    having count(*) = max(parts.member_count)
),

final as (
    select
        areas.area_key,
        summed.hazard_map_key,
        facilities.facility_count,
        facilities.inside_facility_count,
        facilities.inside_capacity,
        case when summed.is_synthetic then 'synthetic' else 'estimated' end
            as provenance_code,
        summed.surface_m2 / 1e6 as surface_km2,
        summed.inside_m2 / 1e6 as inside_km2,
        summed.inside_m2 / summed.surface_m2 as surface_share,
        case when summed.has_residents then summed.period_code end
            as resident_time_key,
        case when summed.has_residents then summed.resident_count end
            as resident_count,
        case when summed.has_residents then summed.exposed_resident_count end
            as exposed_resident_count
    from summed
    inner join areas on summed.area_code = areas.area_code
    left join facilities
        on
            areas.area_key = facilities.area_key
            and summed.hazard_map_key = facilities.hazard_map_key
)

select * from final
