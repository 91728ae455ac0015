with facilities as (
    select * from {{ ref("pub_facility") }}
    where audience_code = 'internal' and is_latest_state
),

located as (
    select * from {{ ref("bridge_facility_x_hazard") }}
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
    where is_current_edition
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

decided as (
    select
        facility_key,
        hazard_map_key,
        depth_class,
        distance_to_edge_m,
        is_inside,
        provenance_code,
        case
            when is_inside then 'warn'
            when distance_to_edge_m < {{ var("safe_distance_m") }} then 'near'
            else 'safe'
        end as position_code
    from located
),

final as (
    select
        facilities.facility_code,
        maps.scenario,
        maps.scenario_name,
        maps.scenario_order,
        maps.edition,
        facilities.facility_name,
        facilities.category,
        facilities.category_order,
        facilities.field_name,
        facilities.has_people_needing_help,
        facilities.area_code,
        facilities.area_name,
        facilities.district_name,
        facilities.municipality_code,
        facilities.address,
        facilities.carrier_type,
        facilities.capacity,
        facilities.capacity_text,
        facilities.accessible_name,
        facilities.contact_role,
        facilities.longitude,
        facilities.latitude,
        facilities.state_on,
        decided.is_inside,
        provenances.name_de as provenance_name,
        cast(round(decided.distance_to_edge_m) as integer) as distance_to_edge_m,
        {{ german_count("round(decided.distance_to_edge_m)") }} || ' m'
            as distance_text,
        'ab {{ var("safe_distance_m") }} m' as safe_distance_text,
        coalesce(decided.depth_class, '–') as depth_class,
        case
            when decided.position_code = 'safe' and facilities.is_shelter
                then 'take_in'
            else decided.position_code
        end as crisis_role,
        case decided.position_code
            when 'warn' then 'Warnen'
            when 'near' then 'Beobachten'
            when 'safe'
                then
                    case
                        when facilities.is_shelter then 'Kann aufnehmen'
                        else 'Nicht betroffen'
                    end
        end as crisis_role_name,
        case when facilities.has_people_needing_help then 'ja' else 'nein' end
            as needs_help_name,
        coalesce(sources.attribution, '–') as attribution,
        coalesce(sources.licence_name, '–') as licence_name
    from decided
    inner join facilities on decided.facility_key = facilities.facility_key
    inner join maps on decided.hazard_map_key = maps.hazard_map_key
    left join sources on maps.source_code = sources.source_code
    left join provenances on decided.provenance_code = provenances.provenance_code
)

select * from final
