with cells as (
    select * from {{ ref("int_cell_listed") }}
),

equations as (
    select * from {{ ref("int_cell_equation_listed") }}
),

remembered_cells as (
    select * from {{ ref("stg_memory__cells") }}
),

remembered_equations as (
    select * from {{ ref("stg_memory__equations") }}
),

-- What was remembered of a cell last, together with its component as it was then.
latest as (
    select * from remembered_cells
    qualify row_number() over (partition by cell_id order by release_id desc) = 1
),

components as (
    select
        release_id,
        component_id,
        count(*) as cell_count
    from remembered_cells
    group by release_id, component_id
),

-- What holds now and held then cancels out. A number has a hash for each type.
terms as (
    select
        latest.release_id,
        latest.component_id,
        cast(
            hash(
                equations.equation_id,
                equations.cell_id,
                cast(equations.coefficient as bigint)
            ) as hugeint
        ) as term
    from equations
    inner join latest on equations.cell_id = latest.cell_id
    union all
    select
        latest.release_id,
        latest.component_id,
        -cast(
            hash(
                remembered_equations.equation_id,
                remembered_equations.cell_id,
                cast(remembered_equations.coefficient as bigint)
            ) as hugeint
        ) as term
    from remembered_equations
    inner join latest
        on
            remembered_equations.release_id = latest.release_id
            and remembered_equations.cell_id = latest.cell_id
),

rewritten as (
    select
        release_id,
        component_id
    from terms
    group by release_id, component_id
    having sum(term) != 0
),

unchanged as (
    select latest.*
    from latest
    inner join cells
        on latest.cell_id = cells.cell_id and latest.fingerprint = cells.fingerprint
),

settled as (
    select
        components.release_id,
        components.component_id
    from components
    inner join unchanged
        on
            components.release_id = unchanged.release_id
            and components.component_id = unchanged.component_id
    left join rewritten
        on
            components.release_id = rewritten.release_id
            and components.component_id = rewritten.component_id
    where rewritten.component_id is null
    group by components.release_id, components.component_id, components.cell_count
    having count(*) = components.cell_count
),

final as (
    select
        unchanged.component_id,
        unchanged.cell_id,
        unchanged.fingerprint,
        unchanged.value,
        unchanged.minimum,
        unchanged.single_holder,
        unchanged.status_internal,
        unchanged.up_internal,
        unchanged.down_internal,
        unchanged.alone_internal,
        unchanged.status_public,
        unchanged.up_public,
        unchanged.down_public,
        unchanged.alone_public
    from unchanged
    inner join settled
        on
            unchanged.release_id = settled.release_id
            and unchanged.component_id = settled.component_id
)

select * from final
