with product_areas as (
    select * from {{ ref("code_area") }}
),

delivered_areas as (
    select * from {{ ref("stg_delivery__areas") }}
),

replacements as (
    select
        area_code,
        min(state_on) as replaced_on
    from delivered_areas
    where is_listed
    group by area_code
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
        state_on,
        is_listed
    from delivered_areas
    union all
    -- What a city delivers about an area replaces what the product knows of it.
    select
        product_areas.area_code,
        product_areas.area_name,
        product_areas.area_level,
        product_areas.area_type,
        product_areas.valid_from,
        product_areas.valid_to,
        product_areas.is_composed,
        delivered_areas.geometry,
        coalesce(replacements.replaced_on, product_areas.changed_on) as state_on,
        replacements.area_code is null as is_listed
    from product_areas
    left join replacements on product_areas.area_code = replacements.area_code
    left join delivered_areas
        on
            product_areas.area_code = delivered_areas.area_code
            and product_areas.valid_from = delivered_areas.valid_from
    where delivered_areas.area_code is null
)

select * from final
