with product_figures as (
    select * from {{ ref("stg_official__figures") }}
),

product_sources as (
    select * from {{ ref("code_source") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

datasets as (
    select * from {{ ref("code_dataset") }}
),

-- What the product brings along: every publication is a release of its own.
product_releases as (
    select
        release_id,
        max(published_on) as published_on,
        count(published_value) as figure_count
    from product_figures
    group by release_id
),

final as (
    select
        product_releases.release_id,
        false as is_delivery,
        product_sources.title_de as release_title,
        product_sources.publisher as publisher_name,
        cast(null as varchar) as file_name,
        'figure' as dataset_code,
        figure_datasets.name_de as dataset_name,
        cast(null as varchar) as spec_name,
        product_releases.published_on,
        product_sources.data_state_on is not null as is_published_on_stated,
        cast(null as timestamp) as received_at,
        product_releases.figure_count as loaded_value_count,
        0 as quarantined_value_count,
        0 as loaded_record_count,
        0 as quarantined_record_count,
        0 as declared_record_count,
        'active' as release_state,
        cast(null as timestamp) as withdrawn_at,
        cast(null as varchar) as withdrawal_reason,
        cast(null as varchar) as replaced_by_release_id
    from product_releases
    inner join product_sources
        on product_releases.release_id = product_sources.source_code
    left join datasets as figure_datasets on figure_datasets.dataset_code = 'figure'
    union all
    select
        deliveries.delivery_id as release_id,
        true as is_delivery,
        deliveries.source_title as release_title,
        deliveries.source_publisher as publisher_name,
        deliveries.file_name,
        deliveries.dataset as dataset_code,
        coalesce(datasets.name_de, deliveries.dataset) as dataset_name,
        deliveries.spec_name,
        deliveries.published_on,
        true as is_published_on_stated,
        deliveries.received_at,
        deliveries.values_loaded as loaded_value_count,
        deliveries.values_quarantined as quarantined_value_count,
        deliveries.records_loaded as loaded_record_count,
        deliveries.records_quarantined as quarantined_record_count,
        deliveries.records_header + deliveries.records_footer
        + deliveries.records_blank + deliveries.records_skipped
            as declared_record_count,
        deliveries.delivery_state as release_state,
        deliveries.withdrawn_at,
        deliveries.withdrawal_reason,
        deliveries.replaced_by_delivery_id as replaced_by_release_id
    from deliveries
    left join datasets on deliveries.dataset = datasets.dataset_code
)

select * from final
