-- Guards that no published figure of companies is that of a secret cell or calculated
-- from one, whatever way it took through the models.
with secrets as (
    {{ secret_cells() }}
),

balances as (
    select
        audience_code,
        area_code,
        breakdown,
        class_code,
        period_name,
        unnest([
            'stock', 'employees', 'turnover', 'birth', 'death', 'move_in', 'move_out',
            'insolvency', 'insolvency'
        ]) as counted,
        unnest([
            company_count, employee_count, turnover_eur, birth_count, death_count,
            move_in_count, move_out_count, insolvency_count, insolvency_rate
        ]) as shown_value
    from {{ ref("pub_company_balance") }}
),

-- A growth shows two stocks.
growths as (
    {% for column, counted in [("company", "stock"), ("employee", "employees")] -%}
        select
            audience_code,
            area_code,
            breakdown,
            class_code,
            '{{ counted }}' as counted,
            unnest([0, 1, 0, 3, 0, 5, 0, 10]) as years_ago,
            calendar_year - years_ago as shown_year,
            unnest([
                {% for years in [1, 3, 5, 10] -%}
                    {{ column }}_growth_{{ years }}y, {{ column }}_growth_{{ years }}y
                    {%- if not loop.last %},{% endif %}
                {% endfor %}
            ]) as shown_value
        from {{ ref("pub_company_balance") }}
        union all
        select
            audience_code,
            area_code,
            breakdown,
            class_code,
            '{{ counted }}' as counted,
            unnest([0, span_years]) as years_ago,
            calendar_year - years_ago as shown_year,
            {{ column }}_growth as shown_value
        from {{ ref("pub_company_growth") }}
        union all
    {% endfor -%}
    select
        audience_code,
        area_code,
        'industry' as breakdown,
        industry_code as class_code,
        'stock' as counted,
        unnest([0, 0, 5, 0, 5]) as years_ago,
        calendar_year - years_ago as shown_year,
        unnest([
            coalesce(company_count, company_share, location_quotient),
            company_growth_5y, company_growth_5y,
            regional_effect, regional_effect
        ]) as shown_value
    from {{ ref("pub_industry_position") }}
    union all
    select
        audience_code,
        area_code,
        breakdown,
        class_code,
        figure_code as counted,
        unnest([0, 1]) as years_ago,
        crisis_year - years_ago as shown_year,
        crisis_change as shown_value
    from {{ ref("pub_industry_crisis") }}
),

shown as (
    select
        audience_code,
        figure_code as counted,
        area_code,
        period_name as period,
        breakdown,
        class_code
    from {{ ref("pub_company_figure") }}
    where figure_value is not null
    union all
    select
        audience_code,
        counted,
        area_code,
        period_name as period,
        breakdown,
        class_code
    from balances
    where shown_value is not null
    union all
    select
        audience_code,
        counted,
        area_code,
        cast(shown_year as varchar) as period,
        breakdown,
        class_code
    from growths
    where shown_value is not null
    union all
    select
        audience_code,
        unnest(['surviving', 'birth']) as counted,
        area_code,
        period_name as period,
        breakdown,
        class_code
    from {{ ref("pub_company_survival") }}
    where surviving_count is not null and years_after = {{ survival_years() }}
)

{{ shown_secrets() }}
