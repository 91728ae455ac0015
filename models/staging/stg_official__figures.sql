{%- set subjects = [
    "population",
    "labour_market",
    "overindebtedness",
    "enterprises",
    "insolvencies",
    "trade_registrations",
    "income",
    "commuters",
] %}

with official as (
    {% for subject in subjects %}
        select
            '{{ subject }}' as dataset_code,
            *
        from {{ ref("official_" ~ subject) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

sources as (
    select * from {{ ref("code_source") }}
),

final as (
    select
        official.area_code,
        official.measure_code,
        official.period as period_code,
        official.dataset_code,
        official.source_code,
        official.licence_code,
        official.obs_status as status_code,
        official.provenance as provenance_code,
        official.value as published_value,
        official.source_code as release_id,
        -- Where no state of the data is printed, the end of the period stands for it:
        -- the figure was certainly not known before.
        coalesce(
            sources.data_state_on, {{ period_end("official.period") }}
        ) as published_on
    from official
    inner join sources on official.source_code = sources.source_code
)

select * from final
