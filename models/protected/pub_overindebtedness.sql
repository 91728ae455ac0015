with figures as (
    select * from {{ ref("fct_overindebtedness_comparison") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

hierarchy as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

-- The city and what it is divided into directly.
profiled as (
    select hierarchy.descendant_area_key as area_key
    from hierarchy
    inner join areas on hierarchy.ancestor_area_key = areas.area_key
    where
        areas.area_code = '{{ var("city_code") }}'
        and hierarchy.step_count <= 1
),

final as (
    select
        figures.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        profiled.area_key is not null as is_profile_area,
        figures.measure_code,
        figures.breakdown,
        periods.period_start_on,
        periods.calendar_year,
        coalesce(reference_periods.period_name, periods.period_name)
            as reference_period_name,
        figures.obs_status,
        case when figures.obs_status = 'Q' then 'C' else 'F' end as conf_status,
        provenances.name_de as provenance_name,
        coalesce(sources.attribution, '–') as attribution,
        sources.licence_name,
        figures.person_count,
        figures.adult_count,
        figures.overindebtedness_rate,
        figures.person_share,
        figures.overindebtedness_rate - figures.previous_rate as rate_change,
        figures.city_rate,
        figures.county_rate,
        figures.state_rate,
        figures.country_rate,
        figures.overindebtedness_rate - figures.city_rate as distance_to_city,
        figures.overindebtedness_rate - figures.country_rate as distance_to_country,
        indicators.indicator_name as related_name,
        figures.related_rate,
        figures.area_rank,
        -- Names that sort by age.
        case
            when figures.breakdown != 'age' then figures.part_name
            when figures.breakdown_code like '%plus'
                then 'ab ' || left(figures.breakdown_code, 2) || ' Jahre'
            else replace(figures.breakdown_code, '_', ' bis ') || ' Jahre'
        end as part_name,
        {{ released_text(
            "figures.overindebtedness_rate",
            german_percent("figures.overindebtedness_rate", "2"),
            "figures.is_rate_secret",
        ) }} as rate_text,
        {{ released_text(
            "figures.person_count",
            german_number("figures.person_count", "0"),
            "figures.obs_status = 'Q'",
        ) }} as person_text,
        {{ released_text(
            "figures.person_share",
            german_percent("figures.person_share", "1"),
            "figures.is_share_secret",
        ) }} as share_text,
        {{ released_text(
            "figures.related_rate",
            german_percent("figures.related_rate", "1"),
            "false",
        ) }} as related_text,
        coalesce(
            {{ german_change(
                "(figures.overindebtedness_rate - figures.previous_rate)",
                "2",
                "false",
                "'Prozentpunkte'",
            ) }},
            '–'
        ) as change_text,
        coalesce(
            {{ german_change(
                "(figures.overindebtedness_rate - figures.city_rate)",
                "2",
                "false",
                "'Prozentpunkte'",
            ) }},
            '–'
        ) as distance_to_city_text,
        case
            when figures.area_rank is null or areas.municipality_code is null then '–'
            else
                cast(figures.area_rank as varchar) || ' von '
                || cast(figures.ranked_area_count as varchar)
        end as rank_text,
        -- Rows with one key may be added up.
        figures.audience_code || '|' || case
            when figures.person_count is null then areas.area_code
            else areas.area_level || coalesce(areas.municipality_code, '')
        end || '|' || figures.time_key || '|' || figures.breakdown as aggregation_key
    from figures
    inner join areas on figures.area_key = areas.area_key
    inner join periods on figures.time_key = periods.time_key
    left join periods as reference_periods
        on figures.reference_time_key = reference_periods.time_key
    left join profiled on figures.area_key = profiled.area_key
    left join indicators
        on figures.related_indicator_code = indicators.indicator_code
    left join sources on figures.source_code = sources.source_code
    left join provenances on figures.provenance_code = provenances.provenance_code
    where areas.area_order is not null
)

select * from final
