with awards as (
    {{ observation_state(
        "award",
        ["company_code", "year"],
        part="observations.year",
    ) }}
),

final as (
    select
        company_code,
        year as calendar_year,
        award_level,
        category as award_category,
        result as award_result,
        provenance_code,
        delivery_id
    from awards
)

select * from final
