with figures as (
    select * from {{ ref("pub_overindebtedness") }}
    where breakdown = 'total'
),

final as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        figures.area_order,
        peers.area_code as peer_code,
        peers.area_name as peer_name,
        peers.area_order as peer_order,
        figures.period_start_on,
        figures.calendar_year,
        figures.conf_status,
        figures.overindebtedness_rate,
        figures.city_rate,
        figures.rate_text,
        peers.overindebtedness_rate as peer_rate,
        peers.rate_text as peer_text,
        peers.attribution as peer_attribution,
        figures.overindebtedness_rate - peers.overindebtedness_rate as distance_to_peer,
        coalesce(
            {{ german_change(
                "(figures.overindebtedness_rate - peers.overindebtedness_rate)",
                "2",
                "false",
                "'Prozentpunkte'",
            ) }},
            '–'
        ) as distance_text
    from figures
    inner join figures as peers
        on
            figures.audience_code = peers.audience_code
            and figures.calendar_year = peers.calendar_year
            and figures.area_code != peers.area_code
    where
        figures.is_profile_area
        and peers.municipality_code is null
        and peers.overindebtedness_rate is not null
)

select * from final
