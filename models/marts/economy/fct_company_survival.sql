{%- set years = survival_years() %}

with cohorts as (
    select * from {{ ref("int_company_cohort_counted") }}
),

statuses as (
    select * from {{ ref("int_cell_protected") }}
),

births as (
    select * from {{ ref("fct_released_company_figure") }}
    where counted = 'birth'
),

released as (
    select
        births.audience_code,
        births.area_key,
        cohorts.period,
        cohorts.breakdown,
        cohorts.class_code,
        cohorts.counted,
        -- Null of those who closed within all years and of those who did not.
        try_cast(right(cohorts.counted, 1) as integer) as closed_after,
        case births.audience_code
            {% for audience in audiences() -%}
                when '{{ audience }}' then statuses.status_{{ audience }}
            {% endfor -%}
        end = 'free' as is_free,
        cohorts.cell_value
    from cohorts
    inner join statuses on cohorts.cell_id = statuses.cell_id
    inner join {{ ref("dim_area") }} as areas
        on cohorts.area_code = areas.area_code and areas.is_current
    inner join births
        on
            areas.area_key = births.area_key
            and cohorts.period = births.period
            and cohorts.breakdown = births.breakdown
            and cohorts.class_code = births.class_code
),

-- Single years show how many are left after each year, all others after the last.
steps as (
    select
        births.audience_code,
        births.area_key,
        births.period,
        births.breakdown,
        births.class_code,
        births.provenance_code,
        births.source_code,
        births.cell_value as founded_count,
        unnest(
            range(if(length(births.period) = 4, 1, {{ years }}), {{ years }} + 1)
        ) as years_after
    from births
    where
        (births.audience_code, births.area_key, births.period) in (
            select (released.audience_code, released.area_key, released.period)
            from released
        )
),

-- Nobody behind a cell, no row: none.
followed as (
    select
        steps.*,
        bool_and(released.is_free) as is_free,
        coalesce(sum(released.cell_value), 0) as cell_sum
    from steps
    left join released
        on
            steps.audience_code = released.audience_code
            and steps.area_key = released.area_key
            and steps.period = released.period
            and steps.breakdown = released.breakdown
            and steps.class_code = released.class_code
            and if(
                steps.years_after = {{ years }},
                released.counted = 'surviving',
                steps.years_after >= released.closed_after
            )
    group by all
),

counted as (
    select
        * exclude (cell_sum, is_free),
        case
            when not is_free or founded_count is null then null
            when years_after = {{ years }} then cell_sum
            else founded_count - cell_sum
        end as surviving_count
    from followed
),

final as (
    select
        audience_code,
        area_key,
        period,
        breakdown,
        class_code,
        cast(years_after as integer) as years_after,
        provenance_code,
        source_code,
        founded_count,
        surviving_count,
        surviving_count / nullif(founded_count, 0) as survival_rate,
        {{ wilson_bound("surviving_count", "founded_count", -1) }} as survival_rate_low,
        {{ wilson_bound("surviving_count", "founded_count", 1) }} as survival_rate_high
    from counted
)

select * from final
