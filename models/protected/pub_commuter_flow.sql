with flows as (
    select * from {{ ref("fct_released_commuter_flow") }}
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

totals as (
    select * from flows
    where is_total
),

-- Shares of all commuters and the years before, from released figures only.
derived as (
    select
        flows.*,
        flows.commuters_in - flows.commuters_out as commuter_balance,
        flows.commuters_in / nullif(totals.commuters_in, 0) as share_of_in,
        flows.commuters_out / nullif(totals.commuters_out, 0) as share_of_out,
        flows.commuters_in - previous.commuters_in as change_of_in,
        flows.commuters_out - previous.commuters_out as change_of_out
    from flows
    inner join totals
        on
            flows.audience_code = totals.audience_code
            and flows.area_key = totals.area_key
            and flows.time_key = totals.time_key
    left join flows as previous
        on
            flows.audience_code = previous.audience_code
            and flows.area_key = previous.area_key
            and flows.place_code = previous.place_code
            and cast(flows.time_key as integer) - 1
            = cast(previous.time_key as integer)
),

final as (
    select
        derived.audience_code,
        areas.area_code,
        areas.area_name,
        areas.area_level,
        areas.area_level_name,
        areas.municipality_code,
        areas.area_order,
        derived.place_code,
        derived.place_name,
        case
            when derived.is_total then 'Insgesamt'
            when left(derived.place_code, 5) = left(areas.area_code, 5)
                then 'Eigener Kreis'
            when derived.place_code like 'other%' then 'Weiter entfernt'
            else 'Andere Kreise und Städte'
        end as place_kind_name,
        derived.is_total,
        periods.period_start_on,
        periods.calendar_year,
        case
            when derived.is_in_secret or derived.is_out_secret then 'C' else 'F'
        end as conf_status,
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        derived.commuters_in,
        derived.commuters_out,
        derived.commuter_balance,
        derived.share_of_in,
        derived.share_of_out,
        derived.change_of_in,
        derived.change_of_out,
        {% for direction in ["in", "out"] -%}
            {{ released_text(
                "derived.commuters_" ~ direction,
                german_number("derived.commuters_" ~ direction, "0"),
                "derived.is_" ~ direction ~ "_secret",
            ) }} as {{ direction }}_text,
            {{ released_text(
                "derived.share_of_" ~ direction,
                german_percent("derived.share_of_" ~ direction, "1"),
                "derived.is_" ~ direction ~ "_secret",
            ) }} as {{ direction }}_share_text,
        {% endfor -%}
        {{ released_text(
            "derived.commuter_balance",
            "case when derived.commuter_balance > 0 then '+' else '' end || "
            ~ german_number("derived.commuter_balance", "0"),
            "(derived.is_in_secret or derived.is_out_secret)",
        ) }} as balance_text,
        -- Rows with one key may be added up: all relations of an area and a year.
        derived.audience_code || '|' || areas.area_code || '|' || derived.time_key
        || '|' || case
            when
                derived.is_total
                or derived.is_in_secret
                or derived.is_out_secret
                then derived.place_code
            else ''
        end as aggregation_key
    from derived
    inner join areas on derived.area_key = areas.area_key
    inner join periods on derived.time_key = periods.time_key
    inner join sources on derived.source_code = sources.source_code
    inner join provenances on derived.provenance_code = provenances.provenance_code
    where areas.area_order is not null
)

select * from final
