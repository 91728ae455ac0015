with cells as (
    select * from {{ ref("int_cell_listed") }}
),

edges as (
    select
        parent_area_code,
        child_area_code,
        count(*) over (partition by parent_area_code) as child_count
    from {{ ref("stg_register__area_edges") }}
),

addends as (
    select * from {{ ref("int_measure_addend_listed") }}
    where not is_over_years
),

groups as (
    select * from {{ ref("code_company_group_member") }}
),

-- Of companies a cell that is not there is zero, of figures it is not known: then the
-- number of parts says whether all are there.
final as (
    select
        'Gebiete' as rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        1 as coefficient,
        case when parts.table_code not like 'company%' then edges.child_count end
            as part_count
    from cells as parts
    inner join edges on parts.area_code = edges.child_area_code
    inner join cells as wholes
        on
            edges.parent_area_code = wholes.area_code
            and parts.counted = wholes.counted
            and parts.period = wholes.period
            and parts.breakdown = wholes.breakdown
            and parts.class_code = wholes.class_code
    -- Who moves within the city leaves and enters its parts, but not the city.
    where parts.counted not in ('move_in', 'move_out')
    union all
    select
        addends.rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        addends.factor as coefficient,
        addends.addend_count as part_count
    from cells as parts
    inner join addends on parts.counted = addends.addend_code
    inner join cells as wholes
        on
            addends.measure_code = wholes.counted
            and parts.area_code = wholes.area_code
            and parts.period = wholes.period
    union all
    select
        'Gruppen nach ' || parts.breakdown as rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        1 as coefficient,
        cast(null as bigint) as part_count
    from cells as parts
    inner join cells as wholes
        on
            wholes.breakdown = 'all'
            and parts.counted = wholes.counted
            and parts.area_code = wholes.area_code
            and parts.period = wholes.period
    where
        (parts.breakdown, parts.class_code) in (
            select (groups.breakdown, groups.group_code) from groups
        )
    union all
    select
        'Klassen nach ' || parts.breakdown as rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        1 as coefficient,
        cast(null as bigint) as part_count
    from cells as parts
    inner join groups
        on
            parts.breakdown = groups.breakdown
            and parts.class_code = groups.class_code
            and groups.class_code != groups.group_code
    inner join cells as wholes
        on
            groups.breakdown = wholes.breakdown
            and groups.group_code = wholes.class_code
            and parts.counted = wholes.counted
            and parts.area_code = wholes.area_code
            and parts.period = wholes.period
    union all
    select
        'Relationen' as rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        1 as coefficient,
        cast(null as bigint) as part_count
    from cells as parts
    inner join cells as wholes
        on
            wholes.breakdown = 'all'
            and parts.counted = wholes.counted
            and parts.area_code = wholes.area_code
            and parts.period = wholes.period
    where parts.breakdown = 'place'
    union all
    -- Who was founded has closed or not, and who has closed did so after some years.
    select
        'Jahrgang' as rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        1 as coefficient,
        cast(null as bigint) as part_count
    from cells as parts
    inner join cells as wholes
        on
            if(starts_with(parts.counted, 'closed_'), 'closed', 'birth')
            = wholes.counted
            and parts.area_code = wholes.area_code
            and parts.period = wholes.period
            and parts.breakdown = wholes.breakdown
            and parts.class_code = wholes.class_code
    where
        parts.counted in ('closed', 'surviving')
        or starts_with(parts.counted, 'closed_')
    union all
    select
        'Jahre' as rule_name,
        wholes.cell_id as whole_id,
        parts.cell_id,
        1 as coefficient,
        {{ var("pooled_years") }} as part_count
    from cells as wholes
    inner join cells as parts
        on
            parts.period between left(wholes.period, 4) and right(wholes.period, 4)
            and wholes.counted = parts.counted
            and wholes.area_code = parts.area_code
            and wholes.breakdown = parts.breakdown
            and wholes.class_code = parts.class_code
    where length(wholes.period) = 9 and length(parts.period) = 4
)

select * from final
