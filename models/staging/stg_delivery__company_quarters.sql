with company_quarters as (
    {{ observation_state(
        "company_quarter",
        ["company_code", "quarter"],
        part="observations.quarter",
    ) }}
),

final as (
    select
        company_code,
        quarter as period_code,
        risk_score,
        payment_delay_days,
        enquiries,
        headcount_change,
        provenance_code,
        delivery_id
    from company_quarters
)

select * from final
