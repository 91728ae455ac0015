{{ config_by_indicator() }}

with comparisons as (
    select * from {{ ref("fct_indicator_comparison") }}
    where {{ is_of_changed_indicator("indicator_code") }}
),

figures as (
    select * from {{ ref("pub_indicator_value") }}
    where {{ is_of_changed_indicator("indicator_code") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

final as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.area_level_name,
        figures.municipality_code,
        figures.peer_group,
        figures.area_order,
        figures.indicator_code,
        figures.indicator_name,
        figures.chapter_name,
        figures.indicator_order,
        figures.unit_name,
        peers.area_code as peer_code,
        peers.area_name as peer_name,
        peers.area_order as peer_order,
        figures.period_start_on,
        figures.calendar_year,
        figures.reference_period_name,
        comparisons.indicator_value,
        comparisons.peer_value,
        comparisons.distance_to_peer,
        comparisons.difference_score,
        abs(comparisons.difference_score) as score_size,
        figures.value_text,
        peers.value_text as peer_text,
        {{ german_change(
            "comparisons.distance_to_peer",
            "indicators.decimals",
            "false",
            "indicators.change_unit",
        ) }} as distance_text,
        {{ german_finding("comparisons.peer_position", "indicators.direction") }}
            as finding_name,
        figures.provenance_name,
        figures.attribution,
        peers.attribution as peer_attribution,
        figures.licence_name
    from comparisons
    inner join areas on comparisons.area_key = areas.area_key
    inner join areas as peer_areas on comparisons.peer_area_key = peer_areas.area_key
    inner join indicators on comparisons.indicator_code = indicators.indicator_code
    inner join figures
        on
            comparisons.audience_code = figures.audience_code
            and areas.area_code = figures.area_code
            and comparisons.indicator_code = figures.indicator_code
            and comparisons.calendar_year = figures.calendar_year
    inner join figures as peers
        on
            comparisons.audience_code = peers.audience_code
            and peer_areas.area_code = peers.area_code
            and comparisons.indicator_code = peers.indicator_code
            and comparisons.calendar_year = peers.calendar_year
)

select * from final
