{{ config(materialized="view") }}

{%- set values = [
    "numerator",
    "denominator",
    "indicator_value",
    "previous_value",
    "change_on_year",
    "state_value",
    "country_value",
    "distance_to_state",
    "distance_to_country",
] %}

{%- set since = "present_status = 'F' and coalesce(previous_status, 'N') = 'F'" %}
{%- set shown = {"previous_value": since, "change_on_year": since} %}

with figures as (
    select * from {{ ref("fct_indicator_value") }}
),

confidentiality as (
    select * from {{ ref("fct_indicator_confidentiality") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

decided as (
    select
        figures.*,
        audiences.audience_code,
        present.is_subject_to_protection,
        {{ of_audience("audiences", "present", "conf_status") }} as present_status,
        {{ of_audience("audiences", "previous", "conf_status") }} as previous_status
    from figures
    cross join audiences
    inner join confidentiality as present
        on
            figures.area_key = present.area_key
            and figures.time_key = present.time_key
            and figures.indicator_code = present.indicator_code
    left join confidentiality as previous
        on
            figures.area_key = previous.area_key
            and cast(cast(figures.time_key as integer) - 1 as varchar)
            = previous.time_key
            and figures.indicator_code = previous.indicator_code
),

-- A secret value takes with it whatever is calculated from it. Why it is secret would
-- narrow down what it can be.
final as (
    select
        audience_code,
        area_key,
        time_key,
        indicator_code,
        reference_time_key,
        source_code,
        base_source_code,
        licence_code,
        provenance_code,
        missing_reason_code,
        break_note,
        conversion_note,
        ratio_factor,
        is_within_series,
        is_comparison_year,
        case when present_status = 'F' then 'F' else 'C' end as conf_status,
        case when present_status = 'F' then obs_status else 'Q' end as obs_status,
        -- Former values of figures that need protection are not shown: `pub_revision`.
        is_revised and not is_subject_to_protection as is_revised,
        {% for value in values -%}
            case
                when {{ shown[value] or "present_status = 'F'" }} then {{ value }}
            end as {{ value }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from decided
    where present_status != 'N'
)

select * from final
