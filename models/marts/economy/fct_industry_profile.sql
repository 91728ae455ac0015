{%- set growths = [
    ("company", 1),
    ("company", 3),
    ("company", 5),
    ("company", 10),
    ("employee", 1),
    ("employee", 3),
    ("employee", 5),
    ("employee", 10),
] %}

with dynamics as (
    select
        *,
        cast(time_key as integer) as calendar_year
    from {{ ref("fct_business_dynamics") }}
    where class_kind = 'all'
),

industries as (
    select * from {{ ref("dim_industry") }}
),

city_areas as (
    select area_key from {{ ref("dim_area") }}
    where area_code = '{{ var("city_code") }}'
),

city_dynamics as (
    select dynamics.* from dynamics
    inner join city_areas on dynamics.area_key = city_areas.area_key
),

followed as (
    select
        dynamics.*,
        industries.industry_level,
        {%- for subject, span in growths %}
            max(dynamics.{{ subject }}_count) over (
                partition by dynamics.area_key, dynamics.industry_code
                order by dynamics.calendar_year
                range between {{ span }} preceding and {{ span }} preceding
            ) as {{ subject }}_count_{{ span }}_years_ago,
        {%- endfor %}
        cast(rank() over (
            partition by
                dynamics.area_key, dynamics.calendar_year, industries.industry_level
            order by dynamics.company_count desc
        ) as integer) as company_rank,
        cast(rank() over (
            partition by
                dynamics.area_key, dynamics.calendar_year, industries.industry_level
            order by dynamics.employee_count desc
        ) as integer) as employee_rank
    from dynamics
    inner join industries on dynamics.industry_code = industries.industry_code
),

compared as (
    select
        followed.*,
        totals.company_count as area_company_count,
        totals.employee_count as area_employee_count,
        city_industries.company_count as city_company_count,
        city_industries.employee_count as city_employee_count,
        city_totals.company_count as city_total_company_count,
        city_totals.employee_count as city_total_employee_count,
        -- The city is what is compared with, and few companies say nothing.
        followed.company_count >= {{ var("minimum_companies_of_quotient") }}
        and city_areas.area_key is null as has_quotient
    from followed
    inner join dynamics as totals
        on
            followed.area_key = totals.area_key
            and followed.time_key = totals.time_key
            and totals.industry_code = 'total'
    inner join city_dynamics as city_industries
        on
            followed.time_key = city_industries.time_key
            and followed.industry_code = city_industries.industry_code
    inner join city_dynamics as city_totals
        on
            followed.time_key = city_totals.time_key
            and city_totals.industry_code = 'total'
    left join city_areas on followed.area_key = city_areas.area_key
    where followed.industry_level != 'total'
),

located as (
    select
        *,
        case
            when has_quotient
                then {{ location_quotient(
                    "company_count", "area_company_count",
                    "city_company_count", "city_total_company_count"
                ) }}
        end as company_quotient,
        case
            when has_quotient and employee_count > 0
                then {{ location_quotient(
                    "employee_count", "area_employee_count",
                    "city_employee_count", "city_total_employee_count"
                ) }}
        end as employee_quotient
    from compared
),

final as (
    select
        area_key,
        time_key,
        industry_code,
        industry_level,
        provenance_code,
        company_count,
        area_company_count,
        city_company_count,
        city_total_company_count,
        company_rank,
        company_quotient,
        employee_count,
        area_employee_count,
        city_employee_count,
        city_total_employee_count,
        employee_rank,
        employee_quotient,
        company_count / nullif(area_company_count, 0) as company_share,
        employee_count / nullif(area_employee_count, 0) as employee_share,
        {%- for subject in ["company", "employee"] %}
            {%- for bound, sign in [("low", -1), ("high", 1)] %}
                {{ location_quotient_bound(
                    subject ~ "_quotient",
                    subject ~ "_count",
                    "area_" ~ subject ~ "_count",
                    "city_" ~ subject ~ "_count",
                    "city_total_" ~ subject ~ "_count",
                    sign
                ) }} as {{ subject }}_quotient_{{ bound }},
            {%- endfor %}
        {%- endfor %}
        {%- for subject, span in growths %}
            {{ growth_per_year(
                subject ~ "_count", subject ~ "_count_" ~ span ~ "_years_ago", span
            ) }} as {{ subject }}_growth_{{ span }}y
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from located
)

select * from final
