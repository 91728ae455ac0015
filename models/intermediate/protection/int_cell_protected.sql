with cells as (
    select * from {{ ref("int_cell_listed") }}
),

decided as (
    select * from {{ ref("int_cell_decided") }}
),

settled as (
    select * from {{ ref("int_cell_settled") }}
),

final as (
    select
        decided.component_id,
        decided.cell_id,
        cells.fingerprint,
        decided.value,
        decided.minimum,
        decided.single_holder,
        decided.status_internal,
        decided.up_internal,
        decided.down_internal,
        decided.alone_internal,
        decided.status_public,
        decided.up_public,
        decided.down_public,
        decided.alone_public
    from decided
    inner join cells on decided.cell_id = cells.cell_id
    union all
    select
        component_id,
        cell_id,
        fingerprint,
        value,
        minimum,
        single_holder,
        status_internal,
        up_internal,
        down_internal,
        alone_internal,
        status_public,
        up_public,
        down_public,
        alone_public
    from settled
)

select * from final
