with websites as (
    select * from {{ ref("stg_delivery__company_websites") }}
),

features as (
    select * from {{ ref("code_website_feature") }}
),

-- Columns that are features are those the code list names.
{%- set counts = [
    "domains",
    "pages",
    "last_changed_days",
    "social_networks",
    "platforms",
    "people_named",
    "managers_named",
    "network_profiles",
] %}
{%- set flags = [
    "has_shop_tool",
    "has_shop",
    "has_contact_form",
    "has_newsletter",
    "has_app",
    "has_booking",
    "has_map_entry",
] %}
numbered as (
    select
        company_code,
        calendar_year,
        {%- for feature in counts + flags %}
            cast({{ feature }} as double) as {{ feature }},
        {%- endfor %}
        cast(case hosting
            when 'builder' then 1
            when 'mass_hosting' then 2
            when 'own_server' then 3
            when 'cloud' then 3
        end as double) as hosting_rank
    from websites
),

-- Unknown features are left out here.
long as (
    select * from numbered
    unpivot (
        feature_value for feature_code in (
            {{ (counts + flags + ["hosting_rank"]) | join(", ") }}
        )
    )
),

scored as (
    select
        long.company_code,
        long.calendar_year,
        features.feature_group,
        least(1, greatest(0, case
            when features.is_logarithmic
                then
                    (ln(1 + long.feature_value) - ln(1 + features.zero_value))
                    / (ln(1 + features.full_value) - ln(1 + features.zero_value))
            else
                (long.feature_value - features.zero_value)
                / (features.full_value - features.zero_value)
        end)) as feature_score
    from long
    inner join features on long.feature_code = features.feature_code
),

grouped as (
    select
        company_code,
        calendar_year,
        avg(feature_score) filter (where feature_group = 'presence') as presence_score,
        avg(feature_score) filter (where feature_group = 'interaction')
            as interaction_score,
        avg(feature_score) filter (where feature_group = 'media') as media_score,
        avg(feature_score) filter (where feature_group = 'people') as people_score
    from scored
    group by company_code, calendar_year
),

completed as (
    select
        websites.company_code,
        websites.calendar_year,
        websites.crawl_status,
        websites.provenance_code,
        grouped.media_score,
        grouped.people_score,
        -- Who has no site is not present and cannot be reached on it.
        case
            when websites.crawl_status = 'no_site' then 0
            else grouped.presence_score
        end as presence_score,
        case
            when websites.crawl_status = 'no_site' then 0
            else grouped.interaction_score
        end as interaction_score
    from websites
    left join grouped
        on
            websites.company_code = grouped.company_code
            and websites.calendar_year = grouped.calendar_year
),

final as (
    select
        *,
        (
            coalesce(presence_score, 0)
            + coalesce(interaction_score, 0)
            + coalesce(media_score, 0)
            + coalesce(people_score, 0)
        ) / nullif(
            cast(presence_score is not null as integer)
            + cast(interaction_score is not null as integer)
            + cast(media_score is not null as integer)
            + cast(people_score is not null as integer),
            0
        ) as digital_score
    from completed
)

select * from final
