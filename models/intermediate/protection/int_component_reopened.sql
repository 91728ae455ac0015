with recursive cells as (
    select * from {{ ref("int_cell_listed") }}
),

settled as (
    select * from {{ ref("int_cell_settled") }}
),

remembered as (
    select
        release_id,
        component_id,
        cell_id
    from {{ ref("stg_memory__cells") }}
),

-- Cells that came, went or moved connect what was remembered of different releases.
final as (
    select
        remembered.release_id,
        remembered.component_id
    from remembered
    inner join cells on remembered.cell_id = cells.cell_id
    where remembered.cell_id not in (select settled.cell_id from settled)
    union
    select
        linked.release_id,
        linked.component_id
    from final
    inner join remembered as members
        on
            final.release_id = members.release_id
            and final.component_id = members.component_id
    inner join remembered as linked on members.cell_id = linked.cell_id
)

select * from final
