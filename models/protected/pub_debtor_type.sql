with figures as (
    select * from {{ ref("fct_released_topic_figure") }}
    where topic_code = 'debtor_types' and step_count > 0
),

types as (
    select * from {{ ref("dim_debtor_type") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

-- Beside each area: its city, the whole country, and the next city types are known of.
compared as (
    select
        figures.audience_code,
        figures.time_key,
        figures.measure_code,
        max(figures.person_share) filter (
            areas.area_code = '{{ var("city_code") }}'
        ) as city_share,
        max(figures.person_share) filter (areas.area_level = 'country')
            as country_share,
        min_by(figures.person_share, areas.area_order) filter (
            areas.area_level = 'municipality'
            and areas.area_code != '{{ var("city_code") }}'
        ) as peer_share,
        min_by(areas.area_name, areas.area_order) filter (
            areas.area_level = 'municipality'
            and areas.area_code != '{{ var("city_code") }}'
        ) as peer_name
    from figures
    inner join areas on figures.area_key = areas.area_key
    group by figures.audience_code, figures.time_key, figures.measure_code
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
        areas.area_code = '{{ var("city_code") }}'
        or coalesce(areas.municipality_code = '{{ var("city_code") }}', false)
            as is_profile_area,
        figures.measure_code,
        types.debtor_type_name,
        types.debtor_group_name,
        types.is_group,
        periods.period_start_on,
        periods.calendar_year,
        coalesce(reference_periods.period_name, periods.period_name)
            as reference_period_name,
        figures.obs_status,
        figures.conf_status,
        provenances.name_de as provenance_name,
        coalesce(sources.attribution, '–') as attribution,
        sources.licence_name,
        figures.person_count,
        figures.all_person_count,
        figures.person_share,
        compared.city_share,
        compared.country_share,
        compared.peer_share,
        compared.peer_name,
        figures.person_share - compared.city_share as distance_to_city,
        figures.person_share - compared.country_share as distance_to_country,
        {{ released_text(
            "figures.person_count",
            german_number("figures.person_count", "0"),
            "figures.conf_status = 'C'",
        ) }} as person_text,
        {{ released_text(
            "figures.person_share",
            german_percent("figures.person_share", "1"),
            "figures.is_share_secret",
        ) }} as share_text,
        {% for name in ["city", "country", "peer"] -%}
            coalesce({{ german_percent("compared." ~ name ~ "_share", "1") }}, '–')
                as {{ name }}_text,
        {% endfor -%}
        coalesce(
            {{ german_change(
                "(figures.person_share - compared.country_share)",
                "1",
                "false",
                "'Prozentpunkte'",
            ) }},
            '–'
        ) as distance_text,
        -- Rows with one key may be added up: types, or groups, of areas of one level.
        figures.audience_code || '|' || case
            when figures.person_count is null or figures.all_person_count is null
                then areas.area_code || figures.measure_code
            else areas.area_level || coalesce(areas.municipality_code, '')
        end || '|' || figures.time_key || '|' || types.is_group as aggregation_key
    from figures
    inner join types on figures.measure_code = types.measure_code
    inner join areas on figures.area_key = areas.area_key
    inner join periods on figures.time_key = periods.time_key
    left join periods as reference_periods
        on figures.reference_time_key = reference_periods.time_key
    left join compared
        on
            figures.audience_code = compared.audience_code
            and figures.time_key = compared.time_key
            and figures.measure_code = compared.measure_code
    left join sources on figures.source_code = sources.source_code
    left join provenances on figures.provenance_code = provenances.provenance_code
    where areas.area_order is not null
)

select * from final
