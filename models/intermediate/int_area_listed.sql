with areas as (
    select * from {{ ref("stg_register__areas") }}
    where is_listed
),

final as (
    select
        area_code,
        area_name,
        area_level,
        area_type,
        valid_from,
        valid_to,
        is_composed,
        geometry,
        valid_to is null as is_current,
        row_number() over (
            partition by area_code order by valid_from desc
        ) = 1 as is_latest_version
    from areas
)

select * from final
