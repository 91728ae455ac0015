with figures as (
    select distinct
        area_code,
        period_code
    from {{ ref("int_measure_vintage_dated") }}
),

areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

crosswalks as (
    select * from {{ ref("int_crosswalk_completed") }}
),

final as (
    select distinct
        figures.area_code,
        figures.period_code
    from figures
    inner join areas on figures.area_code = areas.area_code
    inner join crosswalks
        on
            figures.area_code = crosswalks.old_area_code
            and {{ period_end("figures.period_code") }} < crosswalks.reform_on
)

select * from final
