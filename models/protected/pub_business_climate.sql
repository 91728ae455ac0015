{%- set balances = ["situation", "expectations", "climate"] %}

with climates as (
    select * from {{ ref("fct_business_climate") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

periods as (
    select * from {{ ref("dim_time") }}
),

branches as (
    select * from {{ ref("code_branch") }}
),

sources as (
    select * from {{ ref("dim_source") }}
),

provenances as (
    select * from {{ ref("code_provenance") }}
),

final as (
    select
        'internal' as audience_code,
        areas.area_code,
        areas.area_name,
        areas.municipality_code,
        climates.time_key as period_code,
        periods.period_name,
        periods.period_start_on,
        periods.calendar_year,
        climates.branch_code,
        branches.name_de as branch_name,
        branches.branch_order,
        {%- for balance in balances %}
            climates.{{ balance }}_balance,
        {%- endfor %}
        provenances.name_de as provenance_name,
        sources.attribution,
        sources.licence_name,
        climates.time_key
        = max(climates.time_key) over (partition by areas.area_code) as is_latest,
        climates.climate_balance - former.climate_balance as climate_change,
        {%- for balance in balances %}
            {{ german_change(
                "climates." ~ balance ~ "_balance", "1", "false", "'Punkte'"
            ) }} as {{ balance }}_text,
        {%- endfor %}
        coalesce(
            {{ german_change(
                "climates.climate_balance - former.climate_balance",
                "1", "false", "'Punkte'"
            ) }}, '–'
        ) as change_text
    from climates
    inner join areas on climates.area_key = areas.area_key
    inner join periods on climates.time_key = periods.time_key
    inner join branches on climates.branch_code = branches.branch_code
    inner join provenances on climates.provenance_code = provenances.provenance_code
    -- The same half-year of the year before.
    left join climates as former
        on
            climates.area_key = former.area_key
            and climates.branch_code = former.branch_code
            and cast(cast(left(climates.time_key, 4) as integer) - 1 as varchar)
            || substr(climates.time_key, 5) = former.time_key
    left join sources on climates.source_code = sources.source_code
    where areas.area_order is not null
)

select * from final
