{%- set spans = [1, 3, 5, 10] -%}

with balances as (
    select * from {{ ref("pub_company_balance") }}
    where
        breakdown in ('all', 'industry')
        and is_group
        and has_industries
        and not is_pooled
),

-- Growth over the years to choose from, one below the other.
spread as (
    select
        *,
        unnest({{ spans }}) as span_years,
        unnest([
            {%- for span in spans %}
                company_growth_{{ span }}y{% if not loop.last %},{% endif %}
            {%- endfor %}
        ]) as company_growth,
        unnest([
            {%- for span in spans %}
                employee_growth_{{ span }}y{% if not loop.last %},{% endif %}
            {%- endfor %}
        ]) as employee_growth
    from balances
),

final as (
    select
        audience_code,
        area_code,
        area_name,
        area_level,
        area_level_name,
        municipality_code,
        area_order,
        breakdown,
        class_code,
        class_name,
        class_order,
        period_start_on,
        calendar_year,
        conf_status,
        attribution,
        span_years,
        company_growth,
        employee_growth,
        case span_years
            when 1 then '1 Jahr'
            else cast(span_years as varchar) || ' Jahre'
        end as span_name
    from spread
    where company_growth is not null or employee_growth is not null
)

select * from final
