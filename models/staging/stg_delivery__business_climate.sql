with business_climate as (
    {{ observation_state(
        "business_climate",
        ["area_code", "period", "branch"],
        part="observations.period",
    ) }}
),

final as (
    select
        area_code,
        period as period_code,
        branch as branch_code,
        situation,
        expectations,
        climate,
        provenance_code,
        delivery_id
    from business_climate
)

select * from final
