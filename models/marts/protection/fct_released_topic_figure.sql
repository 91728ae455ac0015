{%- set roles = {"part": "measure_code", "whole": "whole_measure_code"} %}
{%- do roles.update({"base": "base_measure_code"}) %}

with figures as (
    select * from {{ ref("int_topic_figure_counted") }}
    where topic_code in (
        select topics.topic_code from {{ ref("catalogue_topic") }} as topics
        where topics.has_parts
    )
),

areas as (
    select * from {{ ref("dim_area") }}
    where is_current
),

levels as (
    select * from {{ ref("code_area_level") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

cells as (
    select * from {{ ref("int_cell_protected") }}
),

classified as (
    select
        figures.*,
        audiences.audience_code,
        areas.area_key,
        areas.area_level,
        areas.municipality_code,
        levels.level_rank <= municipalities.level_rank as is_small_area,
        figures.measure_value is not null as is_figure,
        {% for role, column in roles.items() -%}
            {{ cell_id(
                "figures." ~ column,
                "figures.area_code",
                "cast(figures.calendar_year as varchar)",
            ) }} as {{ role }}_cell_id
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from figures
    inner join areas on figures.area_code = areas.area_code
    inner join levels on areas.area_level = levels.area_level
    inner join levels as municipalities
        on municipalities.area_level = 'municipality'
    cross join audiences
),

-- Of areas larger than a municipality nothing is small.
decided as (
    select
        classified.*,
        {% for role in roles -%}
            case
                when not classified.is_small_area then 'F'
                when {{ role }}_cells.cell_id is null then 'N'
                when
                    case classified.audience_code
                        {% for audience in audiences() -%}
                            when '{{ audience }}'
                                then {{ role }}_cells.status_{{ audience }}
                        {% endfor -%}
                    end = 'free'
                    then 'F'
                else 'C'
            end as {{ role }}_status
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from classified
    {% for role in roles -%}
        left join cells as {{ role }}_cells
            on classified.{{ role }}_cell_id = {{ role }}_cells.cell_id
    {% endfor %}
),

-- As in fct_indicator_confidentiality: what is mostly secret at a level is not shown.
shown as (
    select
        *,
        {{ unless_mostly_secret("part_status") }} as shown_status
    from decided
    window level_figures as (
        partition by audience_code, measure_code, area_level, municipality_code
    )
),

final as (
    select
        audience_code,
        area_key,
        cast(calendar_year as varchar) as time_key,
        measure_code,
        topic_code,
        period_code as reference_time_key,
        parent_measure_code,
        breakdown,
        breakdown_code,
        part_name,
        step_count,
        source_code,
        licence_code,
        provenance_code,
        shown_status as conf_status,
        base_measure_code is not null
        and 'C' in (shown_status, base_status) as is_rate_secret,
        'C' in (shown_status, whole_status) as is_share_secret,
        case when shown_status = 'F' then status_code else 'Q' end as obs_status,
        case when shown_status = 'F' then measure_value end as person_count,
        case when whole_status = 'F' then whole_value end as all_person_count,
        case when base_status = 'F' then base_value end as base_count,
        case
            when shown_status = 'F' and base_status = 'F'
                then measure_value / nullif(base_value, 0)
        end as person_rate,
        case
            when shown_status = 'F' and whole_status = 'F'
                then measure_value / nullif(whole_value, 0)
        end as person_share
    from shown
    where shown_status != 'N'
)

select * from final
