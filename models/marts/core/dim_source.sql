with sources as (
    select * from {{ ref("stg_register__sources") }}
),

licences as (
    select * from {{ ref("stg_register__licences") }}
),

final as (
    select
        sources.source_code,
        sources.publisher as publisher_name,
        sources.title_de as source_title,
        sources.table_code,
        sources.url as source_url,
        sources.attribution,
        sources.licence_code,
        licences.licence_name,
        licences.licence_url,
        sources.source_rhythm,
        sources.source_lag_months
    from sources
    inner join licences on sources.licence_code = licences.licence_code
)

select * from final
