{#- Through all reforms: which share of which old area a present area consists of. -#}
with recursive areas as (
    select * from {{ ref("int_area_listed") }}
    where is_current
),

listed as (
    select * from {{ ref("int_crosswalk_completed") }}
),

reform_days as (
    select distinct
        new_area_code,
        basis,
        reform_on
    from listed
),

reforms as (
    select
        *,
        coalesce(
            lead(reform_on) over (
                partition by new_area_code, basis order by reform_on
            ),
            date '9999-12-31'
        ) as next_reform_on
    from reform_days
),

crosswalk as (
    select
        listed.old_area_code,
        listed.new_area_code,
        listed.basis,
        listed.reform_on,
        reforms.next_reform_on,
        listed.weight
    from listed
    inner join reforms
        on
            listed.new_area_code = reforms.new_area_code
            and listed.basis = reforms.basis
            and listed.reform_on = reforms.reform_on
),

paths as (
    select
        crosswalk.new_area_code as area_code,
        crosswalk.basis,
        crosswalk.old_area_code as part_area_code,
        crosswalk.reform_on as holds_to_on,
        crosswalk.weight
    from crosswalk
    inner join areas on crosswalk.new_area_code = areas.area_code
    where crosswalk.next_reform_on = date '9999-12-31'
    union all
    -- The part itself came from an earlier reform: weights multiply.
    select
        paths.area_code,
        paths.basis,
        crosswalk.old_area_code as part_area_code,
        crosswalk.reform_on as holds_to_on,
        paths.weight * crosswalk.weight as weight
    from paths
    inner join crosswalk
        on
            paths.part_area_code = crosswalk.new_area_code
            and paths.basis = crosswalk.basis
            and paths.holds_to_on > crosswalk.reform_on
            and paths.holds_to_on <= crosswalk.next_reform_on
),

-- A part holds for the periods between the reform it came from and the one it went in.
final as (
    select
        paths.area_code,
        paths.basis,
        paths.part_area_code,
        paths.holds_to_on,
        coalesce(reforms.reform_on, date '0001-01-01') as holds_from_on,
        sum(paths.weight) as weight
    from paths
    left join reforms
        on
            paths.part_area_code = reforms.new_area_code
            and paths.basis = reforms.basis
            and paths.holds_to_on > reforms.reform_on
            and paths.holds_to_on <= reforms.next_reform_on
    group by
        paths.area_code,
        paths.basis,
        paths.part_area_code,
        reforms.reform_on,
        paths.holds_to_on
)

select * from final
