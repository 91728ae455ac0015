{{ config_by_indicator() }}

with facts as (
    select * from {{ ref("fct_released_indicator") }}
    where {{ is_of_changed_indicator("indicator_code") }}
),

causes as (
    select * from {{ ref("fct_missing_figure") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
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

statuses as (
    select * from {{ ref("code_obs_status") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

reasons as (
    select * from {{ ref("code_missing_reason") }}
),

final as (
    select
        facts.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.peer_group,
        areas.area_order,
        indicators.indicator_code,
        indicators.indicator_name,
        indicators.chapter_name,
        indicators.indicator_order,
        indicators.unit_name,
        periods.period_name || ' · ' || indicators.unit_name as year_and_unit,
        indicators.value_kind,
        periods.period_start_on,
        periods.calendar_year,
        coalesce(reference_periods.period_name, periods.period_name)
            as reference_period_name,
        facts.is_comparison_year,
        facts.is_within_series,
        facts.obs_status,
        facts.conf_status,
        facts.is_revised,
        case
            when facts.is_revised and facts.obs_status = 'A' then 'r'
            else statuses.symbol_de
        end as status_symbol,
        statuses.name_de as status_name,
        provenances.name_de as provenance_name,
        sources.publisher_name,
        coalesce(sources.attribution, '–') as attribution,
        base_sources.attribution as base_attribution,
        sources.licence_name,
        coalesce(
            reasons.name_de,
            nullif(concat_ws(' ', facts.break_note, facts.conversion_note), '')
        ) as remark,
        coalesce(
            {{ german_value(
                "facts.indicator_value", "indicators.decimals", "indicators.unit_symbol"
            ) }},
            case when facts.conf_status = 'C' then 'geheim zu halten' end,
            reasons.name_de
        ) as value_text,
        coalesce(
            {{ german_change(
                "facts.change_on_year",
                "indicators.decimals",
                "indicators.is_relative_change",
                "indicators.change_unit",
            ) }},
            '–'
        ) as change_text,
        coalesce(
            {{ german_change(
                "facts.distance_to_state",
                "indicators.decimals",
                "false",
                "indicators.change_unit",
            ) }},
            '–'
        ) as distance_to_state_text,
        coalesce(
            {{ german_change(
                "facts.distance_to_country",
                "indicators.decimals",
                "false",
                "indicators.change_unit",
            ) }},
            '–'
        ) as distance_to_country_text,
        facts.numerator,
        facts.denominator,
        facts.ratio_factor,
        indicators.display_factor,
        facts.indicator_value,
        facts.previous_value,
        facts.change_on_year,
        facts.state_value,
        facts.country_value,
        facts.distance_to_state,
        facts.distance_to_country,
        -- Rows with one key may be added up. A missing figure, or a rate whose base is
        -- not published, has a key of its own: a total over it is not shown.
        facts.audience_code || '|' || case
            when facts.indicator_value is not null and indicators.is_additive
                then areas.area_level
            else areas.area_code
        end || '|' || facts.time_key || '|' || facts.indicator_code as aggregation_key
    from facts
    inner join areas on facts.area_key = areas.area_key
    inner join indicators on facts.indicator_code = indicators.indicator_code
    inner join periods on facts.time_key = periods.time_key
    inner join statuses on facts.obs_status = statuses.status_code
    left join periods as reference_periods
        on facts.reference_time_key = reference_periods.time_key
    left join sources on facts.source_code = sources.source_code
    left join sources as base_sources
        on facts.base_source_code = base_sources.source_code
    left join provenances on facts.provenance_code = provenances.provenance_code
    left join causes
        on
            facts.area_key = causes.area_key
            and facts.time_key = causes.time_key
            and facts.indicator_code = causes.indicator_code
    left join reasons on causes.missing_reason_code = reasons.reason_code
    where
        areas.area_order is not null
        and not indicators.is_withheld
)

select * from final
