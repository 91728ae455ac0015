with sources as (
    select * from {{ ref("code_source") }}
),

licences as (
    select * from {{ ref("code_licence") }}
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
        licences.name as licence_name,
        licences.url as licence_url,
        sources.data_state_on
    from sources
    inner join licences on sources.licence_code = licences.licence_code
)

select * from final
