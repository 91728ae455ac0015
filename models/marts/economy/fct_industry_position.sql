with balances as (
    select
        balances.*,
        growths.company_count_5_years_ago
    from {{ ref("fct_company_balance") }} as balances
    -- Years only.
    inner join {{ ref("fct_company_growth") }} as growths
        on
            balances.audience_code = growths.audience_code
            and balances.area_key = growths.area_key
            and balances.breakdown = growths.breakdown
            and balances.class_code = growths.class_code
            and balances.period = growths.time_key
    where balances.is_group and balances.breakdown in ('all', 'industry')
),

groups as (
    select
        group_code,
        count(*) over () as group_count
    from {{ ref("code_company_group") }}
    where breakdown = 'industry'
),

city_areas as (
    select area_key from {{ ref("dim_area") }}
    where area_code = '{{ var("city_code") }}' and is_current
),

-- Every group of every area with any; without a row nobody is in it.
companies as (
    select
        totals.audience_code,
        totals.area_key,
        totals.period as time_key,
        groups.group_code as industry_code,
        groups.group_count,
        totals.provenance_code,
        totals.source_code,
        totals.company_count as area_company_count,
        totals.company_count_5_years_ago as area_former_count,
        parts.company_count_5_years_ago as former_count,
        if(parts.area_key is null, 0, parts.company_count) as company_count
    from balances as totals
    cross join groups
    left join balances as parts
        on
            totals.audience_code = parts.audience_code
            and totals.area_key = parts.area_key
            and totals.period = parts.period
            and parts.breakdown = 'industry'
            and groups.group_code = parts.class_code
    where
        totals.breakdown = 'all'
        and totals.area_key in (
            select balances.area_key from balances
            where balances.breakdown = 'industry'
        )
),

compared as (
    select
        companies.*,
        city.company_count as city_company_count,
        city.area_company_count as city_total_company_count,
        companies.area_key != city.area_key as has_reference,
        companies.company_count / nullif(companies.former_count, 0) - 1 as area_growth,
        city.company_count / nullif(city.former_count, 0) - 1 as industry_growth,
        city.area_company_count / nullif(city.area_former_count, 0) - 1 as whole_growth
    from companies
    inner join companies as city
        on
            companies.audience_code = city.audience_code
            and companies.time_key = city.time_key
            and companies.industry_code = city.industry_code
    inner join city_areas on city.area_key = city_areas.area_key
),

measured as (
    select
        *,
        company_count / nullif(area_company_count, 0) as company_share,
        city_company_count / nullif(city_total_company_count, 0) as city_share,
        area_growth > whole_growth as is_growing,
        case
            when
                has_reference
                and company_count >= {{ var("minimum_companies_of_quotient") }}
                then {{ location_quotient(
                    "company_count", "area_company_count",
                    "city_company_count", "city_total_company_count"
                ) }}
        end as location_quotient
    from compared
),

bounded as (
    select
        *,
        {%- for bound, sign in [("low", -1), ("high", 1)] %}
            {{ location_quotient_bound(
                "location_quotient", "company_count", "area_company_count",
                "city_company_count", "city_total_company_count", sign
            ) }} as location_quotient_{{ bound }}
            {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from measured
),

-- What weighs more than in the city; in the city itself, more than an equal part.
weighed as (
    select
        *,
        case
            when not has_reference then company_share > 1.0 / group_count
            when location_quotient_low > 1 then true
            when location_quotient_high < 1 then false
        end as is_strong
    from bounded
),

final as (
    select
        audience_code,
        area_key,
        time_key,
        industry_code,
        provenance_code,
        source_code,
        company_count,
        area_company_count,
        city_company_count,
        city_total_company_count,
        former_count,
        company_share,
        city_share,
        location_quotient,
        location_quotient_low,
        location_quotient_high,
        {{ per_year("area_growth", 5) }} as company_growth_5y,
        {{ per_year("whole_growth", 5) }} as whole_growth_5y,
        {%- for part in ["whole", "mix", "regional"] %}
            {{ shift_share(
                part, "former_count", "area_growth", "industry_growth", "whole_growth"
            ) }} as {{ part }}_effect,
        {%- endfor %}
        case
            when company_count < {{ var("minimum_companies_of_quotient") }}
                then 'too_few'
            when company_count is null then 'unknown'
            else {{ industry_position("is_strong", "is_growing") }}
        end as position_code
    from weighed
)

select * from final
