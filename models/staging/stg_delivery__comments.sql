with comments as (
    {{ observation_state(
        "comment",
        ["comment_code", "version"],
        part="1",
    ) }}
),

final as (
    select
        comment_code,
        version as version_number,
        valid_from as valid_from_on,
        kind as comment_kind,
        area_code,
        industry_code,
        indicator_code,
        period as period_code,
        author_role,
        title_de,
        text_de,
        provenance_code,
        delivery_id,
        coalesce(audience, 'internal') as audience_code,
        coalesce(is_withdrawn, false) as is_withdrawn
    from comments
)

select * from final
