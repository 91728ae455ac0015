-- Guards that no published value is one of a secret cell or calculated from one,
-- whatever way it took through the models.
with cells as (
    select
        unnest({{ audiences() }}) as audience_code,
        unnest([status_internal, status_public]) as cell_status,
        split_part(cell_id, '|', 1) as counted,
        split_part(cell_id, '|', 2) as area_code,
        split_part(cell_id, '|', 3) as period,
        split_part(cell_id, '|', 4) as breakdown,
        split_part(cell_id, '|', 5) as class_code
    from {{ ref("int_cell_protected") }}
),

secrets as (
    select * from cells
    where cell_status != 'free'
),

parts as (
    select
        indicator_code,
        unnest([numerator_measure_code, denominator_measure_code]) as measure_code
    from {{ ref("dim_indicator") }}
),

measures as (
    select
        parts.indicator_code,
        coalesce(companies.counted, parts.measure_code) as counted
    from parts
    left join {{ ref("catalogue_company_measure") }} as companies
        on parts.measure_code = companies.measure_code
),

indicator_years as (
    select
        audience_code,
        area_code,
        indicator_code,
        unnest([calendar_year, calendar_year - 1]) as shown_year,
        unnest([
            coalesce(indicator_value, numerator, denominator),
            coalesce(previous_value, change_on_year)
        ]) as shown_value
    from {{ ref("pub_indicator_value") }}
    union all
    -- Whatever is said of a figure tells something of it, and a test of the former.
    select
        audience_code,
        area_code,
        indicator_code,
        unnest([calendar_year, calendar_year - 1, calendar_year - 5]) as shown_year,
        unnest([
            coalesce(shown_value, shown_low, shown_high, chance_score),
            case when trend_1y_name != 'nicht beurteilt' then 1 end,
            case when trend_5y_name != 'nicht beurteilt' then 1 end
        ]) as shown_value
    from {{ ref("pub_indicator_assessment") }}
    union all
    select
        audience_code,
        area_code,
        indicator_code,
        calendar_year as shown_year,
        shown_value
    from {{ ref("pub_area_comparison") }}
    union all
    -- Former values beside today's: their difference would show both.
    select
        audience_code,
        area_code,
        indicator_code,
        calendar_year as shown_year,
        shown_value
    from {{ ref("pub_indicator_vintage") }}
),

topic_measures as (
    select * from {{ ref("int_topic_measure_listed") }}
),

-- A rate shows persons and those they are a rate of, a share shows all persons, a
-- change the year before.
topic_years as (
    select
        debts.audience_code,
        debts.area_code,
        unnest([
            debts.measure_code,
            debts.measure_code,
            topic_measures.base_measure_code,
            topic_measures.whole_measure_code
        ]) as counted,
        unnest([
            debts.calendar_year,
            debts.calendar_year - 1,
            debts.calendar_year,
            debts.calendar_year
        ]) as shown_year,
        unnest([
            coalesce(
                debts.person_count, debts.overindebtedness_rate, debts.person_share
            ),
            debts.rate_change,
            coalesce(debts.overindebtedness_rate, debts.adult_count),
            debts.person_share
        ]) as shown_value
    from {{ ref("pub_overindebtedness") }} as debts
    inner join topic_measures on debts.measure_code = topic_measures.measure_code
    union all
    select
        audience_code,
        area_code,
        'overindebted_adults' as counted,
        calendar_year as shown_year,
        coalesce(overindebtedness_rate, distance_to_peer) as shown_value
    from {{ ref("pub_overindebtedness_peer") }}
    union all
    select
        debtors.audience_code,
        debtors.area_code,
        unnest([
            debtors.measure_code, topic_measures.whole_measure_code
        ]) as counted,
        debtors.calendar_year as shown_year,
        unnest([
            coalesce(debtors.person_count, debtors.person_share),
            coalesce(debtors.person_share, debtors.all_person_count)
        ]) as shown_value
    from {{ ref("pub_debtor_type") }} as debtors
    inner join topic_measures on debtors.measure_code = topic_measures.measure_code
),

flow_years as (
    select
        audience_code,
        area_code,
        place_code,
        unnest([
            'commuters_in_flow', 'commuters_out_flow',
            'commuters_in_flow', 'commuters_out_flow'
        ]) as counted,
        unnest([
            calendar_year, calendar_year, calendar_year - 1, calendar_year - 1
        ]) as shown_year,
        unnest([
            coalesce(commuters_in, commuter_balance, share_of_in),
            coalesce(commuters_out, commuter_balance, share_of_out),
            change_of_in,
            change_of_out
        ]) as shown_value
    from {{ ref("pub_commuter_flow") }}
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
        indicator_years.audience_code,
        measures.counted,
        indicator_years.area_code,
        cast(indicator_years.shown_year as varchar) as period,
        'all' as breakdown,
        'all' as class_code
    from indicator_years
    inner join measures on indicator_years.indicator_code = measures.indicator_code
    where indicator_years.shown_value is not null
    union all
    select
        audience_code,
        unnest([measure_code, total_measure_code]) as counted,
        area_code,
        cast(calendar_year as varchar) as period,
        'all' as breakdown,
        'all' as class_code
    from {{ ref("pub_measure_breakdown") }}
    where part_value is not null and total_value is not null
    union all
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
        counted,
        area_code,
        cast(shown_year as varchar) as period,
        'all' as breakdown,
        'all' as class_code
    from topic_years
    where shown_value is not null
    union all
    select
        audience_code,
        counted,
        area_code,
        cast(shown_year as varchar) as period,
        case when place_code = 'all' then 'all' else 'place' end as breakdown,
        place_code as class_code
    from flow_years
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

select shown.*
from shown
inner join secrets
    on
        shown.audience_code = secrets.audience_code
        and shown.counted = secrets.counted
        and shown.area_code = secrets.area_code
        and shown.period = secrets.period
        and shown.breakdown = secrets.breakdown
        and shown.class_code = secrets.class_code
