with companies as (
    {{ register_state("company", ["company_code"]) }}
),

final as (
    select
        company_code,
        area_code,
        industry_code,
        legal_form,
        founded_on,
        closed_on,
        employees,
        turnover_eur,
        delivery_id,
        received_at,
        state_on,
        is_listed
    from companies
)

select * from final
