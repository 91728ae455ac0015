with versions as (
    select * from {{ ref("snap_facility") }}
),

final as (
    select
        facility_code,
        facility_name,
        category,
        area_code,
        street,
        postal_code,
        carrier_type,
        capacity,
        is_accessible,
        contact_role,
        longitude,
        latitude,
        provenance_code,
        dbt_valid_from as valid_from_on,
        dbt_valid_to as valid_to_on,
        facility_code || '@' || cast(dbt_valid_from as varchar) as facility_key,
        dbt_valid_to is null as is_current
    from versions
    where is_listed
)

select * from final
