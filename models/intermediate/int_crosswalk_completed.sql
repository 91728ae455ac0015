with listed as (
    select * from {{ ref("stg_delivery__area_crosswalks") }}
    where is_listed and weight > 0
),

areas as (
    select * from {{ ref("int_area_listed") }}
),

-- An area that was there before the reform, takes others in and gives nothing away
-- lives on as a whole. Nobody lists that; without it what was taken in would pass for
-- all of it.
kept as (
    select distinct
        listed.new_area_code as old_area_code,
        listed.new_area_code,
        listed.reform_on,
        listed.basis,
        1.0 as weight
    from listed
    inner join areas
        on
            listed.new_area_code = areas.area_code
            and listed.reform_on > areas.valid_from
    left join listed as given
        on
            listed.new_area_code = given.old_area_code
            and listed.reform_on = given.reform_on
    where given.old_area_code is null
),

final as (
    select
        old_area_code,
        new_area_code,
        reform_on,
        basis,
        weight
    from listed
    union all
    select
        old_area_code,
        new_area_code,
        reform_on,
        basis,
        weight
    from kept
)

select * from final
