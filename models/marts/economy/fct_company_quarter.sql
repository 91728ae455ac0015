{{ config(materialized="view") }}

with company_quarters as (
    select * from {{ ref("stg_delivery__company_quarters") }}
),

final as (
    select
        company_code,
        period_code as time_key,
        provenance_code,
        risk_score,
        payment_delay_days,
        enquiries,
        headcount_change
    from company_quarters
)

select * from final
