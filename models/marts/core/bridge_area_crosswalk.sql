with crosswalks as (
    select * from {{ ref("stg_delivery__area_crosswalks") }}
    where is_listed
),

areas as (
    select * from {{ ref("int_area_listed") }}
),

final as (
    select
        {{ area_key("old_areas") }} as old_area_key,
        {{ area_key("new_areas") }} as new_area_key,
        crosswalks.reform_on,
        crosswalks.basis,
        crosswalks.weight
    from crosswalks
    inner join areas as old_areas
        on
            crosswalks.old_area_code = old_areas.area_code
            and crosswalks.reform_on > old_areas.valid_from
            and crosswalks.reform_on
            <= coalesce(old_areas.valid_to, date '9999-12-30') + interval 1 day
    inner join areas as new_areas
        on
            crosswalks.new_area_code = new_areas.area_code
            and crosswalks.reform_on >= new_areas.valid_from
            and crosswalks.reform_on <= coalesce(new_areas.valid_to, date '9999-12-31')
)

select * from final
