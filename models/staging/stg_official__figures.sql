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

final as (
    select
        area_code,
        measure_code,
        period as period_code,
        dataset_code,
        source_code,
        licence_code,
        obs_status as status_code,
        provenance as provenance_code,
        value as published_value
    from official
)

select * from final
