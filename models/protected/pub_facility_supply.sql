with facilities as (
    select * from {{ ref("pub_facility") }}
    where is_latest_state
),

needs as (
    select * from {{ ref("catalogue_facility_need") }}
),

population_groups as (
    select * from {{ ref("catalogue_population_group") }}
),

released as (
    select * from {{ ref("fct_released_group") }}
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

-- Facilities are located in the areas they are shown in, and these in larger ones.
ancestors as (
    select
        areas.area_code,
        hierarchy.ancestor_area_key as area_key
    from {{ ref("bridge_area_hierarchy") }} as hierarchy
    inner join areas on hierarchy.descendant_area_key = areas.area_key
),

periods as (
    select * from {{ ref("dim_time") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

supplied as (
    select
        facilities.audience_code,
        ancestors.area_key,
        facilities.need_code,
        count(*) as facility_count,
        count(facilities.capacity) as known_capacity_count,
        sum(facilities.capacity) as capacity
    from facilities
    inner join ancestors on facilities.district_code = ancestors.area_code
    where facilities.need_code is not null
    group by all
),

-- A need nobody meets anywhere is not asked for here.
met as (
    select distinct
        audience_code,
        need_code
    from supplied
),

rated as (
    select
        released.*,
        needs.need_code,
        needs.need_order,
        needs.name_de as need_name,
        needs.counted,
        needs.per_residents,
        cast(case
            when needs.counted = 'facilities' or supplied.facility_count is null
                then coalesce(supplied.facility_count, 0)
            when supplied.known_capacity_count > 0 then supplied.capacity
        end as double) as supplied_value,
        coalesce(supplied.facility_count, 0) as facility_count
    from released
    inner join needs on released.group_code = needs.group_code
    inner join met
        on
            released.audience_code = met.audience_code
            and needs.need_code = met.need_code
    left join supplied
        on
            released.audience_code = supplied.audience_code
            and released.area_key = supplied.area_key
            and needs.need_code = supplied.need_code
),

final as (
    select
        rated.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        rated.need_code,
        rated.need_name,
        rated.need_order,
        rated.group_code,
        population_groups.name_de as group_name,
        rated.per_residents,
        years.period_start_on,
        years.calendar_year,
        periods.period_name as reference_period_name,
        rated.conf_status,
        rated.facility_count,
        rated.supplied_value,
        rated.group_value,
        rated.supplied_value * rated.per_residents / rated.group_value as supply_rate,
        coalesce(
            {{ german_number(
                "rated.supplied_value * rated.per_residents / rated.group_value", "1"
            ) }},
            case when rated.conf_status = 'C' then 'geheim zu halten' else '–' end
        ) as supply_text,
        'je ' || {{ german_number("cast(rated.per_residents as double)", "0") }}
        || ' · ' || population_groups.name_de as base_text,
        coalesce(sources.attribution, '–') as attribution,
        coalesce(sources.licence_name, '–') as licence_name,
        rated.audience_code || '|' || rated.need_code || '|' || case
            when rated.supplied_value / rated.group_value is null then areas.area_code
            else areas.area_level
        end as aggregation_key
    from rated
    inner join areas on rated.area_key = areas.area_key
    inner join population_groups on rated.group_code = population_groups.group_code
    inner join periods as years on rated.time_key = years.time_key
    left join periods on rated.reference_time_key = periods.time_key
    left join sources on rated.source_code = sources.source_code
)

select * from final
