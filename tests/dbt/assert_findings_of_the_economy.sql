-- Guards what the demo must tell of the economy. It looks at synthetic figures only and
-- is empty without the demo's deliveries: real cities are not bound to it.
-- 1. Hospitality (I) and arts and recreation (R) lose most turnover of all sections
--    in 2020.
-- 2. The mix of industries is heterogeneous: by employees no section has 30 %, and
--    the normalised Herfindahl index of sections stays below 0.15.
with dynamics as (
    select facts.*
    from {{ ref("fct_business_dynamics") }} as facts
    inner join {{ ref("dim_area") }} as areas on facts.area_key = areas.area_key
    where
        areas.area_code = '{{ var("city_code") }}'
        and facts.class_kind = 'all'
        and facts.provenance_code = 'synthetic'
),

sections as (
    select dynamics.*
    from dynamics
    inner join {{ ref("dim_industry") }} as industries
        on dynamics.industry_code = industries.industry_code
    where industries.industry_level = 'section'
),

losses as (
    select
        later.industry_code,
        rank() over (order by later.turnover_eur / earlier.turnover_eur) as loss_rank
    from sections as earlier
    inner join sections as later on earlier.industry_code = later.industry_code
    where earlier.time_key = '2019' and later.time_key = '2020'
),

shares as (
    select
        sections.time_key,
        sections.employee_count / totals.employee_count as employee_share
    from sections
    inner join dynamics as totals on sections.time_key = totals.time_key
    where totals.industry_code = 'total'
),

mixes as (
    select
        time_key,
        max(employee_share) as greatest_share,
        (sum(employee_share * employee_share) - 1.0 / count(*)) / (1 - 1.0 / count(*))
            as herfindahl_index
    from shares
    group by time_key
)

select
    '1 ' || industry_code as broken_finding,
    loss_rank as found
from losses
where (industry_code in ('I', 'R')) != (loss_rank <= 2)
union all
select
    '2 ' || time_key as broken_finding,
    greatest(greatest_share, herfindahl_index) as found
from mixes
where greatest_share >= 0.3 or herfindahl_index >= 0.15
