-- Guards that small areas add up to those they lie in and to the city, sections to the
-- total, divisions to their section and classes to all companies; of moves, which are
-- counted per level, the balance does. Wholes count with sign 1, their parts with -1
-- under the key of the whole.
with dynamics as (
    select
        facts.area_key,
        facts.time_key,
        facts.industry_code,
        facts.class_kind,
        facts.class_code,
        facts.company_count,
        facts.birth_count,
        facts.death_count,
        facts.insolvency_count,
        facts.reclassified_count,
        facts.employee_count,
        industries.industry_level,
        industries.section_code,
        facts.move_in_count - facts.move_out_count as move_balance,
        cast(round(facts.turnover_eur * 100) as hugeint) as turnover_cents
    from {{ ref("fct_business_dynamics") }} as facts
    inner join {{ ref("dim_industry") }} as industries
        on facts.industry_code = industries.industry_code
),

bridge as (
    select * from {{ ref("bridge_area_hierarchy") }}
    where step_count > 0
),

seats as (
    select distinct
        area_key,
        industry_code
    from {{ ref("fct_company_year") }}
),

-- Of areas that hold others, those without companies of their own are the sum of these.
small_areas as (
    select distinct seats.area_key
    from seats
    left join bridge on seats.area_key = bridge.ancestor_area_key
    where bridge.ancestor_area_key is null
),

summed_areas as (
    select distinct dynamics.area_key
    from dynamics
    left join seats on dynamics.area_key = seats.area_key
    where seats.area_key is null
),

-- Companies that are known by their section only are in no division.
summed_sections as (
    select distinct dynamics.section_code
    from dynamics
    left join seats on dynamics.section_code = seats.industry_code
    where seats.industry_code is null and dynamics.industry_level = 'section'
),

class_kinds as (
    select distinct class_kind from dynamics
    where class_kind != 'all'
),

sides as (
    select
        'sections' as rule_name,
        1 as sign,
        dynamics.*
    from dynamics
    where dynamics.industry_level = 'total'
    union all
    select
        'sections' as rule_name,
        -1 as sign,
        dynamics.* replace ('total' as industry_code)
    from dynamics
    where dynamics.industry_level = 'section'
    union all
    select
        'divisions' as rule_name,
        1 as sign,
        dynamics.*
    from dynamics
    inner join summed_sections on dynamics.industry_code = summed_sections.section_code
    where dynamics.class_kind = 'all'
    union all
    select
        'divisions' as rule_name,
        -1 as sign,
        dynamics.* replace (dynamics.section_code as industry_code)
    from dynamics
    inner join summed_sections on dynamics.section_code = summed_sections.section_code
    where dynamics.industry_level = 'division'
    union all
    select
        class_kinds.class_kind as rule_name,
        1 as sign,
        dynamics.*
    from dynamics
    cross join class_kinds
    where dynamics.class_kind = 'all' and dynamics.industry_level != 'division'
    union all
    select
        dynamics.class_kind as rule_name,
        -1 as sign,
        dynamics.* replace ('all' as class_kind, 'all' as class_code)
    from dynamics
    where dynamics.class_kind != 'all'
    union all
    select
        'areas' as rule_name,
        1 as sign,
        dynamics.*
    from dynamics
    inner join summed_areas on dynamics.area_key = summed_areas.area_key
    union all
    select
        'areas' as rule_name,
        -1 as sign,
        dynamics.* replace (summed_areas.area_key as area_key)
    from dynamics
    inner join small_areas on dynamics.area_key = small_areas.area_key
    inner join bridge on dynamics.area_key = bridge.descendant_area_key
    inner join summed_areas on bridge.ancestor_area_key = summed_areas.area_key
),

differences as (
    select
        rule_name,
        area_key,
        time_key,
        industry_code,
        class_kind,
        class_code,
        sum(sign * company_count) as company_count,
        coalesce(sum(sign * birth_count), 0) as birth_count,
        coalesce(sum(sign * death_count), 0) as death_count,
        coalesce(sum(sign * insolvency_count), 0) as insolvency_count,
        coalesce(sum(sign * reclassified_count), 0) as reclassified_count,
        coalesce(sum(sign * move_balance), 0) as move_balance,
        sum(sign * employee_count) as employee_count,
        sum(sign * turnover_cents) as turnover_cents
    from sides
    group by rule_name, area_key, time_key, industry_code, class_kind, class_code
)

select * from differences
where
    company_count != 0
    or birth_count != 0
    or death_count != 0
    or insolvency_count != 0
    or reclassified_count != 0
    or move_balance != 0
    or employee_count != 0
    or turnover_cents != 0
