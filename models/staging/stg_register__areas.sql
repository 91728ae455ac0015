with product_areas as (
    {{ product_state("code_area", ["area_code", "valid_from"]) }}
),

delivered_areas as (
    select * from {{ ref("stg_delivery__areas") }}
),

-- What a city lists of an area replaces what the product knows of it, in whatever
-- borders.
delivered_codes as (
    select
        area_code,
        bool_or(is_listed) as is_listed,
        max(state_on) as state_on
    from delivered_areas
    group by area_code
),

united as (
    select
        *,
        2 as precedence
    from delivered_areas
    union all by name
    select
        product_areas.area_code,
        product_areas.area_name,
        product_areas.area_level,
        product_areas.area_type,
        product_areas.valid_from,
        product_areas.valid_to,
        product_areas.is_composed,
        greatest(
            product_areas.changed_on,
            coalesce(delivered_codes.state_on, product_areas.changed_on)
        ) as state_on,
        product_areas.is_listed
        and not coalesce(delivered_codes.is_listed, false) as is_listed,
        1 as precedence
    from product_areas
    left join delivered_codes on product_areas.area_code = delivered_codes.area_code
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
    from united
    qualify row_number() over (
        partition by area_code, valid_from order by is_listed desc, precedence asc
    ) = 1
)

select * from final
