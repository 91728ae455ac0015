-- Guards that nothing more is exposed to a hazard than there is, and that the city has
-- the sum of its districts.
with exposures as (
    select * from {{ ref("fct_hazard_exposure") }}
),

people as (
    select * from {{ ref("fct_group_exposure") }}
),

districts as (
    select * from {{ ref("dim_district") }}
),

sums as (
    select
        districts.municipality_key as area_key,
        exposures.hazard_map_key,
        sum(exposures.inside_km2) as inside_km2,
        sum(exposures.exposed_resident_count) as exposed_resident_count,
        sum(exposures.inside_facility_count) as inside_facility_count
    from exposures
    inner join districts on exposures.area_key = districts.area_key
    group by districts.municipality_key, exposures.hazard_map_key
)

select
    exposures.area_key,
    exposures.hazard_map_key
from exposures
left join sums
    on
        exposures.area_key = sums.area_key
        and exposures.hazard_map_key = sums.hazard_map_key
where
    exposures.inside_km2 > exposures.surface_km2 + 1e-9
    or exposures.exposed_resident_count > exposures.resident_count + 1e-6
    or exposures.inside_facility_count > exposures.facility_count
    or abs(exposures.inside_km2 - sums.inside_km2) > 1e-6
    or abs(exposures.exposed_resident_count - sums.exposed_resident_count) > 1e-6
    or exposures.inside_facility_count != sums.inside_facility_count
union all
select
    area_key,
    hazard_map_key
from people
where
    exposed_value > group_value + 1e-6
    or exposed_value < 0
    or (conf_status = 'C') != (exposed_value is null)
