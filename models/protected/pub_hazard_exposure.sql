with exposures as (
    select * from {{ ref("fct_group_exposure") }}
),

maps as (
    select * from {{ ref("dim_hazard_map") }}
),

population_groups as (
    select * from {{ ref("catalogue_population_group") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

years as (
    select * from {{ ref("dim_time") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        exposures.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        maps.scenario,
        maps.scenario_name,
        maps.scenario_order,
        maps.edition,
        exposures.group_code,
        population_groups.name_de as group_name,
        population_groups.group_order,
        population_groups.is_vulnerable,
        years.period_start_on,
        years.calendar_year,
        exposures.conf_status,
        exposures.surface_km2,
        exposures.inside_km2,
        exposures.surface_share,
        exposures.group_value,
        exposures.exposed_value,
        -- An estimate is not known to the last person.
        case
            when exposures.exposed_value is null then 'geheim zu halten'
            when exposures.exposed_value = 0 then '0'
            when exposures.exposed_value < 10 then 'unter 10'
            else
                'rund '
                || {{ german_number("round(exposures.exposed_value, -1)", "0") }}
        end as exposed_text,
        provenances.name_de as provenance_name,
        coalesce(sources.attribution, '–') as attribution,
        coalesce(sources.licence_name, '–') as licence_name,
        exposures.audience_code || '|' || maps.scenario || '|' || exposures.group_code
        || '|' || case
            when exposures.exposed_value is null then areas.area_code
            else areas.area_level
        end as aggregation_key
    from exposures
    inner join maps on exposures.hazard_map_key = maps.hazard_map_key
    inner join areas on exposures.area_key = areas.area_key
    inner join population_groups on exposures.group_code = population_groups.group_code
    inner join years on exposures.time_key = years.time_key
    left join sources on maps.source_code = sources.source_code
    left join provenances on exposures.provenance_code = provenances.provenance_code
)

select * from final
