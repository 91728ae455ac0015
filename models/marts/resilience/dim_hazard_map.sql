with zones as (
    select * from {{ ref("stg_delivery__hazard_zones") }}
    where is_listed
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

scenarios as (
    select * from {{ ref("code_hazard_scenario") }}
),

final as (
    select
        zones.scenario || '@' || zones.edition as hazard_map_key,
        zones.scenario,
        scenarios.name_de as scenario_name,
        scenarios.scenario_order,
        zones.edition,
        {{ combined_provenance("zones.provenance_code") }} as provenance_code,
        max_by(deliveries.source_code, deliveries.published_on) as source_code,
        zones.edition = max(zones.edition) over (partition by zones.scenario)
            as is_current_edition,
        cast(count(*) as integer) as zone_count
    from zones
    inner join scenarios on zones.scenario = scenarios.scenario
    left join deliveries on zones.delivery_id = deliveries.delivery_id
    group by
        zones.scenario,
        zones.edition,
        scenarios.name_de,
        scenarios.scenario_order
)

select * from final
