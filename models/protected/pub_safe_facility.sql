with exposures as (
    select
        *,
        {{ earth_centred("longitude", "latitude") }}
    from {{ ref("pub_facility_exposure") }}
    where crisis_role in ('warn', 'take_in')
),

-- Of two equally far ones the first by code. Keeping ten is cheaper than ranking all.
nearest as (
    select
        endangered.scenario,
        endangered.facility_code,
        min(
            {
                'distance_m': {{ straight_distance("endangered", "shelters") }},
                'facility_code': shelters.facility_code
            }, 10
        ) as ways
    from exposures as endangered
    inner join exposures as shelters on endangered.scenario = shelters.scenario
    where endangered.crisis_role = 'warn' and shelters.crisis_role = 'take_in'
    group by endangered.scenario, endangered.facility_code
),

ranked as (
    select
        scenario,
        facility_code,
        unnest(ways) as way,
        unnest(range(1, len(ways) + 1)) as safe_rank
    from nearest
),

final as (
    select
        ranked.scenario,
        endangered.scenario_name,
        endangered.scenario_order,
        endangered.edition,
        ranked.facility_code,
        endangered.facility_name,
        endangered.category,
        endangered.category_order,
        endangered.area_name,
        endangered.municipality_code,
        endangered.capacity,
        endangered.capacity_text,
        endangered.needs_help_name,
        endangered.state_on,
        cast(ranked.safe_rank as integer) as safe_rank,
        shelters.facility_code as safe_facility_code,
        shelters.facility_name as safe_facility_name,
        shelters.category as safe_category,
        shelters.area_name as safe_area_name,
        shelters.address as safe_address,
        shelters.capacity as safe_capacity,
        shelters.capacity_text as safe_capacity_text,
        shelters.accessible_name as safe_accessible_name,
        shelters.contact_role as safe_contact_role,
        shelters.distance_to_edge_m as safe_distance_to_edge_m,
        shelters.longitude as safe_longitude,
        shelters.latitude as safe_latitude,
        endangered.provenance_name,
        endangered.attribution,
        endangered.licence_name,
        cast(round(ranked.way['distance_m']) as integer) as distance_m,
        {{ german_count("round(ranked.way['distance_m'])") }} || ' m' as distance_text
    from ranked
    inner join exposures as endangered
        on
            ranked.scenario = endangered.scenario
            and ranked.facility_code = endangered.facility_code
    inner join exposures as shelters
        on
            ranked.scenario = shelters.scenario
            and ranked.way['facility_code'] = shelters.facility_code
)

select * from final
