with company_websites as (
    {{ observation_state(
        "company_website",
        ["company_code", "year"],
        part="observations.year",
    ) }}
),

final as (
    select
        company_code,
        year as calendar_year,
        status as crawl_status,
        domains,
        pages,
        hosting,
        last_changed_days,
        has_shop_tool,
        has_shop,
        has_contact_form,
        has_newsletter,
        has_app,
        has_booking,
        social_networks,
        platforms,
        has_map_entry,
        people_named,
        managers_named,
        network_profiles,
        provenance_code,
        delivery_id
    from company_websites
)

select * from final
