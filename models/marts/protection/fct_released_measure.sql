with indicators as (
    select * from {{ ref("dim_indicator") }}
),

figures as (
    select * from {{ ref("fct_released_indicator") }}
),

breakdowns as (
    select * from {{ ref("fct_measure_breakdown") }}
),

confidentiality as (
    select * from {{ ref("fct_measure_confidentiality") }}
),

audiences as (
    select * from {{ ref("code_audience") }}
),

wanted as (
    select distinct measure_code
    from {{ ref("catalogue_population_group_measure") }}
),

shown as (
    {% for part in ["numerator", "denominator"] -%}
        select
            figures.audience_code,
            figures.area_key,
            figures.time_key,
            figures.reference_time_key,
            figures.source_code,
            figures.provenance_code,
            figures.conf_status,
            indicators.{{ part }}_measure_code as measure_code,
            figures.{{ part }} as measure_value
        from figures
        inner join indicators on figures.indicator_code = indicators.indicator_code
        inner join wanted on indicators.{{ part }}_measure_code = wanted.measure_code
        union all
    {% endfor -%}
    select
        audiences.audience_code,
        breakdowns.area_key,
        breakdowns.time_key,
        breakdowns.reference_time_key,
        breakdowns.source_code,
        breakdowns.provenance_code,
        {{ of_audience("audiences", "confidentiality", "conf_status") }} as conf_status,
        breakdowns.measure_code,
        case when conf_status = 'F' then breakdowns.part_value end as measure_value
    from breakdowns
    inner join wanted on breakdowns.measure_code = wanted.measure_code
    cross join audiences
    inner join confidentiality
        on
            breakdowns.area_key = confidentiality.area_key
            and breakdowns.time_key = confidentiality.time_key
            and breakdowns.measure_code = confidentiality.measure_code
),

-- What is free in one table is free: a rate may be secret for its other part only.
final as (
    select
        audience_code,
        area_key,
        time_key,
        measure_code,
        max(reference_time_key) as reference_time_key,
        max(source_code) as source_code,
        {{ combined_provenance("provenance_code") }} as provenance_code,
        max(measure_value) as measure_value
    from shown
    where measure_value is not null or conf_status not in ('F', 'N')
    group by audience_code, area_key, time_key, measure_code
)

select * from final
