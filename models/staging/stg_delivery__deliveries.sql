with deliveries as (
    select * from {{ source("deliveries", "delivery") }}
),

withdrawals as (
    select * from {{ source("deliveries", "withdrawal") }}
),

-- A correction replaces a delivery from the moment it is there.
corrections as (
    select
        deliveries.replaces_delivery_id as delivery_id,
        max(deliveries.delivery_id) as replaced_by_delivery_id
    from deliveries
    left join withdrawals on deliveries.delivery_id = withdrawals.delivery_id
    where
        deliveries.replaces_delivery_id is not null
        and withdrawals.delivery_id is null
    group by deliveries.replaces_delivery_id
),

stated as (
    select
        deliveries.*,
        withdrawals.withdrawn_at,
        withdrawals.reason as withdrawal_reason,
        coalesce(
            withdrawals.replaced_by_delivery_id, corrections.replaced_by_delivery_id
        ) as replaced_by_delivery_id,
        case
            when corrections.delivery_id is not null then 'replaced'
            when withdrawals.replaced_by_delivery_id is not null then 'replaced'
            when withdrawals.delivery_id is not null then 'withdrawn'
            else 'active'
        end as delivery_state
    from deliveries
    left join withdrawals on deliveries.delivery_id = withdrawals.delivery_id
    left join corrections on deliveries.delivery_id = corrections.delivery_id
),

final as (
    select
        delivery_id,
        file_name,
        file_bytes,
        sha256,
        spec_name,
        spec_sha256,
        dataset,
        source_code,
        source_publisher,
        source_title,
        source_licence_code,
        source_attribution,
        source_url,
        source_table_code,
        source_rhythm,
        source_lag_months,
        published_on,
        received_at,
        encoding,
        records_read,
        records_header,
        records_footer,
        records_blank,
        records_skipped,
        records_loaded,
        records_quarantined,
        values_read,
        values_loaded,
        values_ignored,
        values_quarantined,
        findings,
        scope,
        replaces_delivery_id,
        withdrawn_at,
        withdrawal_reason,
        replaced_by_delivery_id,
        delivery_state,
        -- Deliveries of before this was asked are not synthetic.
        coalesce(source_provenance_code, 'published') as source_provenance_code,
        -- Day on which the next full list of the same kind was published. A list with
        -- rows in quarantine ends nothing: what it seems to lack may be among them.
        min(case
            when
                scope = 'full'
                and delivery_state = 'active'
                and records_quarantined = 0
                then published_on
        end) over (
            partition by spec_name
            order by published_on, received_at, delivery_id
            rows between 1 following and unbounded following
        ) as superseded_on
    from stated
)

select * from final
