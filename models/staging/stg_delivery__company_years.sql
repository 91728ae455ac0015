with company_years as (
    {{ observation_state(
        "company_year",
        ["company_code", "year"],
        part="observations.year",
    ) }}
),

final as (
    select
        company_code,
        year as calendar_year,
        area_code,
        industry_code,
        legal_form,
        employees,
        turnover_eur,
        group_code,
        is_b2b,
        risk_score,
        founded_on,
        provenance_code,
        delivery_id
    from company_years
)

select * from final
