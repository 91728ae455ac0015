with versions as (
    select * from {{ ref("snap_facility") }}
),

deliveries as (
    select * from {{ ref("stg_delivery__deliveries") }}
),

final as (
    select
        versions.facility_code,
        versions.facility_name,
        versions.category,
        versions.area_code,
        versions.street,
        versions.postal_code,
        versions.carrier_type,
        versions.capacity,
        versions.is_accessible,
        versions.contact_role,
        versions.longitude,
        versions.latitude,
        versions.provenance_code,
        deliveries.source_code,
        versions.dbt_valid_from as valid_from_on,
        versions.dbt_valid_to as valid_to_on,
        versions.facility_code || '@' || cast(versions.dbt_valid_from as varchar)
            as facility_key,
        versions.dbt_valid_to is null as is_current
    from versions
    left join deliveries on versions.delivery_id = deliveries.delivery_id
    where versions.is_listed
)

select * from final
