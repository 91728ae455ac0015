{%- set wider = {"county": "county", "state": "state", "country": "country"} %}

with figures as (
    select * from {{ ref("fct_released_topic_figure") }}
    where topic_code = 'overindebtedness'
),

indicators as (
    select * from {{ ref("fct_released_indicator") }}
),

topics as (
    select * from {{ ref("catalogue_topic") }}
    where topic_code = 'overindebtedness'
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

hierarchy as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

-- What is published of larger areas is a rate alone.
wide_figures as (
    select
        indicators.*,
        areas.area_level
    from indicators
    inner join topics
        on indicators.indicator_code = topics.wide_indicator_code
    inner join areas on indicators.area_key = areas.area_key
    where
        indicators.indicator_value is not null
        and areas.area_level in ('county', 'state', 'country')
),

united as (
    select
        audience_code,
        area_key,
        time_key,
        measure_code,
        reference_time_key,
        breakdown,
        breakdown_code,
        part_name,
        source_code,
        provenance_code,
        obs_status,
        is_rate_secret,
        is_share_secret,
        person_count,
        base_count as adult_count,
        person_rate as overindebtedness_rate,
        person_share
    from figures
    union all
    select
        wide_figures.audience_code,
        wide_figures.area_key,
        wide_figures.time_key,
        topics.measure_code,
        wide_figures.reference_time_key,
        'total' as breakdown,
        'total' as breakdown_code,
        'insgesamt' as part_name,
        wide_figures.source_code,
        wide_figures.provenance_code,
        wide_figures.obs_status,
        false as is_rate_secret,
        false as is_share_secret,
        cast(null as double) as person_count,
        cast(null as double) as adult_count,
        wide_figures.indicator_value as overindebtedness_rate,
        cast(null as double) as person_share
    from wide_figures
    cross join topics
),

-- The municipality and the larger areas each area lies in.
compared as (
    select
        hierarchy.descendant_area_key as area_key,
        united.audience_code,
        united.time_key,
        united.measure_code,
        max(united.overindebtedness_rate) filter (areas.area_level = 'municipality')
            as city_rate,
        {% for name, level in wider.items() -%}
            max(united.overindebtedness_rate) filter (areas.area_level = '{{ level }}')
                as {{ name }}_rate
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from united
    inner join hierarchy on united.area_key = hierarchy.ancestor_area_key
    inner join areas on united.area_key = areas.area_key
    group by all
),

related as (
    select indicators.* from indicators
    inner join topics
        on indicators.indicator_code = topics.related_indicator_code
),

final as (
    select
        united.*,
        topics.related_indicator_code,
        previous.overindebtedness_rate as previous_rate,
        compared.city_rate,
        compared.county_rate,
        compared.state_rate,
        compared.country_rate,
        case when united.breakdown = 'total' then related.indicator_value end
            as related_rate,
        case
            when united.overindebtedness_rate is not null
                then rank() over (
                    peers order by united.overindebtedness_rate desc nulls last
                )
        end as area_rank,
        count(united.overindebtedness_rate) over peers as ranked_area_count
    from united
    inner join areas on united.area_key = areas.area_key
    cross join topics
    left join united as previous
        on
            united.audience_code = previous.audience_code
            and united.area_key = previous.area_key
            and united.measure_code = previous.measure_code
            and cast(united.time_key as integer) - 1
            = cast(previous.time_key as integer)
    left join compared
        on
            united.audience_code = compared.audience_code
            and united.area_key = compared.area_key
            and united.time_key = compared.time_key
            and united.measure_code = compared.measure_code
    left join related
        on
            united.audience_code = related.audience_code
            and united.area_key = related.area_key
            and united.time_key = related.time_key
    window peers as (
        partition by
            united.audience_code,
            united.time_key,
            united.measure_code,
            areas.area_level,
            areas.municipality_code
    )
)

select * from final
