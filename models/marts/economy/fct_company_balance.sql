{%- set figures = released_company_figures() %}

with figures as (
    select
        figures.*,
        areas.area_level,
        cast(left(figures.period, 4) as integer) as first_year,
        cast(right(figures.period, 4) as integer) as last_year,
        figures.breakdown = 'all' or company_groups.group_code is not null as is_group
    from {{ ref("fct_released_company_figure") }} as figures
    inner join {{ ref("dim_area") }} as areas on figures.area_key = areas.area_key
    left join {{ ref("code_company_group") }} as company_groups
        on
            figures.breakdown = company_groups.breakdown
            and figures.class_code = company_groups.group_code
),

limits as (
    select * from {{ ref("int_poisson_limit_calculated") }}
),

pivoted as (
    select
        audience_code,
        area_key,
        breakdown,
        class_code,
        period,
        area_level,
        first_year,
        last_year,
        is_group,
        any_value(provenance_code) as provenance_code,
        any_value(source_code) as source_code,
        {%- for counted, column in figures.items() %}
            max(cell_value) filter (where counted = '{{ counted }}')
                as found_{{ column }},
        {%- endfor %}
        coalesce(
            list(counted order by counted) filter (where conf_status = 'C'), []
        ) as secrets
    from figures
    group by all
),

-- Nobody behind a cell, no row: zero, from the first year on in which the figure is
-- published at this level.
filled as (
    select
        *,
        bool_or(breakdown = 'industry') over (partition by audience_code, area_key)
            as has_industries,
        {%- for counted, column in figures.items() %}
            case
                when list_contains(secrets, '{{ counted }}') then null
                when
                    first_year >= min(
                        case when found_{{ column }} is not null then first_year end
                    ) over kinds
                    then coalesce(found_{{ column }}, 0)
            end as {{ column }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from pivoted
    window
        kinds as (
            partition by audience_code, area_level, breakdown, is_group, length(period)
        )
),

-- What events are divided by: the stocks at the ends of all years they happened in.
bases as (
    select
        filled.audience_code,
        filled.area_key,
        filled.breakdown,
        filled.class_code,
        filled.period,
        case
            when not bool_or(list_contains(years.secrets, 'stock'))
                then sum(years.company_count)
        end as company_year_count
    from filled
    inner join filled as years
        on
            filled.audience_code = years.audience_code
            and filled.area_key = years.area_key
            and filled.breakdown = years.breakdown
            and filled.class_code = years.class_code
            and years.last_year between filled.first_year and filled.last_year
            and years.first_year = years.last_year
    group by all
),

final as (
    select
        filled.audience_code,
        filled.area_key,
        filled.breakdown,
        filled.class_code,
        filled.period,
        filled.is_group,
        filled.has_industries,
        filled.provenance_code,
        filled.source_code,
        {%- for column in figures.values() %}
            filled.{{ column }},
        {%- endfor %}
        bases.company_year_count,
        {{ insolvency_rate("filled.insolvency_count", "bases.company_year_count") }}
            as insolvency_rate,
        {%- for bound in ["low", "high"] %}
            {{ insolvency_rate(
                "limits.count_" ~ bound, "bases.company_year_count"
            ) }} as insolvency_rate_{{ bound }},
        {%- endfor %}
        nullif(array_to_string(filled.secrets, ', '), '') as secret_figures
    from filled
    left join bases
        on
            filled.audience_code = bases.audience_code
            and filled.area_key = bases.area_key
            and filled.breakdown = bases.breakdown
            and filled.class_code = bases.class_code
            and filled.period = bases.period
    left join limits on filled.insolvency_count = limits.case_count
)

select * from final
