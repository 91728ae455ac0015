{{ config_by_indicator() }}

{%- set peer_levels = ["county", "chamber_district", "state", "country"] %}

with figures as (
    select * from {{ ref("pub_indicator_value") }}
    where {{ is_of_changed_indicator("indicator_code") }}
),

indicators as (
    select * from {{ ref("dim_indicator") }}
),

areas as (
    select * from {{ ref("dim_area") }}
),

bridge as (
    select * from {{ ref("bridge_area_hierarchy") }}
),

-- Every figure of an area and of the areas around it.
surrounding as (
    select
        figures.audience_code,
        descendants.area_code as shown_area_code,
        ancestors.area_level,
        figures.indicator_code,
        figures.calendar_year,
        figures.attribution,
        figures.value_text,
        ancestors.area_code = descendants.area_code as is_own
    from bridge
    inner join areas as descendants
        on bridge.descendant_area_key = descendants.area_key
    inner join areas as ancestors
        on bridge.ancestor_area_key = ancestors.area_key
    inner join figures on ancestors.area_code = figures.area_code
    where figures.indicator_value is not null
),

-- The year shown is the area's own latest, else the county's, else the latest at all.
shown_years as (
    select
        audience_code,
        shown_area_code,
        indicator_code,
        coalesce(
            max(case when is_own then calendar_year end),
            max(case when area_level = 'county' then calendar_year end),
            max(calendar_year)
        ) as calendar_year
    from surrounding
    group by audience_code, shown_area_code, indicator_code
),

-- The area around it in that year, or the last year before, which is then named.
latest_surrounding as (
    select
        surrounding.*,
        surrounding.value_text || case
            when surrounding.calendar_year < shown_years.calendar_year
                then ' (' || cast(surrounding.calendar_year as varchar) || ')'
            else ''
        end as dated_text,
        row_number() over (
            partition by
                surrounding.audience_code,
                surrounding.shown_area_code,
                surrounding.indicator_code,
                surrounding.area_level
            order by surrounding.calendar_year desc
        ) as recency
    from surrounding
    inner join shown_years
        on
            surrounding.audience_code = shown_years.audience_code
            and surrounding.shown_area_code = shown_years.shown_area_code
            and surrounding.indicator_code = shown_years.indicator_code
            and surrounding.calendar_year <= shown_years.calendar_year
),

peer_texts as (
    select
        audience_code,
        shown_area_code,
        indicator_code,
        {% for level in peer_levels %}
            max(case
                when area_level = '{{ level }}' then dated_text
            end) as {{ level }}_text,
        {% endfor %}
        max(attribution) as attribution
    from latest_surrounding
    where recency = 1
    group by audience_code, shown_area_code, indicator_code
),

final as (
    select
        figures.audience_code,
        figures.area_code,
        figures.area_name,
        figures.area_level,
        figures.municipality_code,
        figures.peer_group,
        figures.area_order,
        figures.indicator_code,
        figures.indicator_name,
        figures.chapter_name,
        figures.indicator_order,
        figures.calendar_year,
        indicators.is_headline,
        figures.obs_status,
        figures.conf_status,
        figures.reference_period_name,
        figures.value_text,
        figures.change_text,
        {% for level in peer_levels %}
            coalesce(peer_texts.{{ level }}_text, '–') as {{ level }}_text,
        {% endfor %}
        case
            when figures.attribution = '–' then peer_texts.attribution
            else figures.attribution
        end as attribution,
        indicators.unit_name,
        indicators.definition_text,
        coalesce(indicators.note_text, '–') as note_text
    from figures
    inner join shown_years
        on
            figures.audience_code = shown_years.audience_code
            and figures.area_code = shown_years.shown_area_code
            and figures.indicator_code = shown_years.indicator_code
            and figures.calendar_year = shown_years.calendar_year
    inner join peer_texts
        on
            figures.audience_code = peer_texts.audience_code
            and figures.area_code = peer_texts.shown_area_code
            and figures.indicator_code = peer_texts.indicator_code
    inner join indicators on figures.indicator_code = indicators.indicator_code
)

select * from final
